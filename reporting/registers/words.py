"""What people are told of a cell that the national register would refuse."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

OF = {
    "publicId": _("identifier"),
    "reportForCompanySiret": _("SIRET of the site"),
    "wasteDescription": _("name of the waste"),
    "wasteCode": _("waste code"),
    "wasteIsDangerous": _("hazard of the waste"),
    "dispatchDate": _("day of departure"),
    "weightValue": _("weight"),
    "weightIsEstimate": _("kind of weight"),
    "destinationCompanyOrgId": _("SIRET of the partner"),
    "destinationCompanyName": _("name of the partner"),
    "destinationCompanyAddress": _("address of the partner"),
    "destinationCompanyPostalCode": _("postal code of the partner"),
    "destinationCompanyCity": _("town of the partner"),
    "operationCode": _("treatment code"),
    "operationMode": _("treatment code and fate"),
    "ecoOrganismeSiret": _("SIRET of the éco-organisme"),
    "transporter1CompanyOrgId": _("SIRET of the carrier"),
    "transporter1CompanyName": _("name of the carrier"),
    "transporter1CompanyAddress": _("address of the carrier"),
    "transporter1CompanyPostalCode": _("postal code of the carrier"),
    "transporter1CompanyCity": _("town of the carrier"),
    "transporter1RecepisseNumber": _("receipt of the carrier"),
}
WHY = {
    "missing": _("missing"),
    "too_long": _("too long"),
    "too_short": _("too short"),
    "not_listed": _("not one of the values it may have"),
    "bad_siret": _("no valid SIRET"),
    "bad_date": _("no date"),
    "bad_decimal": _("no weight to the kilogram"),
    "out_of_range": _("nothing, or more than 10,000 t"),
    "bad_code": _("no code of this kind"),
    "soil": _("soil is declared in another register"),
    "unknown_code": _("not on the official list"),
    "undocumented_code": _("a code that the register does not document"),
    "is_dangerous": _("the code says that it is dangerous"),
    "in_the_future": _("in the future"),
    "too_old": _("more than 18 months ago"),
    "mode_not_allowed": _("this treatment is not of this fate"),
    "real_weight_only": _("this treatment wants a real weight: give the partner's"),
    "bad_postal_code": _("five digits are wanted"),
    "id_cancelled": _("cancelled in the register: it cannot come back under this identifier"),
}


def said_of(key: str) -> str | Promise:
    """What people call a column; its own key where they never fill it."""
    return OF.get(key, key)


def why(code: str) -> str | Promise:
    """What is wrong, in words."""
    return WHY.get(code, code)
