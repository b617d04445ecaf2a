"""What people and tablets may do here: writes that span rows."""

from organisation.services.held import decide, hold
from organisation.services.people import (
    Grant,
    add_person,
    change_roles,
    hear_of_leaving,
    hear_of_rights,
    leave,
    new_password,
    reaches,
    revoke_token,
    set_active,
)
from organisation.services.stations import (
    Held,
    ask_before_withdrawing,
    held_by,
    invite,
    pair,
    set_pin,
    set_team,
    sign_in,
    withdraw,
)

__all__ = [
    "Grant",
    "Held",
    "add_person",
    "ask_before_withdrawing",
    "change_roles",
    "decide",
    "hear_of_leaving",
    "hear_of_rights",
    "held_by",
    "hold",
    "invite",
    "leave",
    "new_password",
    "pair",
    "reaches",
    "revoke_token",
    "set_active",
    "set_pin",
    "set_team",
    "sign_in",
    "withdraw",
]
