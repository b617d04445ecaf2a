"""What the database refuses by itself of what reporting keeps: all but a next step."""

from inventory.triggers import Guard

WRITTEN = {
    "reporting_activity": "id = NEW.id OR submission_id = NEW.submission_id"
    " OR reverses_id = NEW.reverses_id",
    "reporting_population": "id = NEW.id OR submission_id = NEW.submission_id",
    "reporting_report": "id = NEW.id OR code = NEW.code OR submission_id = NEW.submission_id",
    "reporting_report_sites": "id = NEW.id",
    "reporting_templateversion": (
        "id = NEW.id OR (template_id = NEW.template_id AND number = NEW.number)"
    ),
    "reporting_declarationfile": "id = NEW.id OR submission_id = NEW.submission_id",
    "reporting_declaration": (
        "id = NEW.id OR (file_id = NEW.file_id AND public_id = NEW.public_id)"
    ),
    "reporting_filewithdrawal": (
        "id = NEW.id OR file_id = NEW.file_id OR submission_id = NEW.submission_id"
    ),
    "reporting_eprclaim": "id = NEW.id OR submission_id = NEW.submission_id",
    "reporting_claimrelease": (
        "id = NEW.id OR claim_id = NEW.claim_id OR submission_id = NEW.submission_id"
    ),
    "reporting_claimedflow": (
        "id = NEW.id OR (flow_id = NEW.flow_id AND release_id IS NULL AND NEW.release_id IS NULL)"
    ),
}
GROWING = ("reporting_claimedflow",)
_OWN = (
    "SELECT 1 FROM reporting_eprclaim c, inventory_flow f, inventory_movement m,"
    " organisation_site s WHERE c.id = NEW.claim_id AND f.id = NEW.flow_id"
    " AND m.id = f.movement_id AND s.id = m.site_id AND s.organisation_id = c.organisation_id"
)
_RELEASED = (
    "SELECT 1 FROM reporting_claimrelease r"
    " WHERE r.id = NEW.release_id AND r.claim_id = NEW.claim_id"
)
GUARDS = {
    "claim_own": Guard(
        "reporting_claimedflow",
        "INSERT",
        f"NEW.release_id IS NOT NULL OR NOT EXISTS ({_OWN})",
        "a claim holds flows of its own structure alone",
    ),
    "claim_release": Guard(
        "reporting_claimedflow",
        "UPDATE",
        "OLD.release_id IS NOT NULL OR NEW.id <> OLD.id OR NEW.claim_id <> OLD.claim_id"
        f" OR NEW.flow_id <> OLD.flow_id OR NEW.release_id IS NULL OR NOT EXISTS ({_RELEASED})",
        "a claim is only released, once",
    ),
}
