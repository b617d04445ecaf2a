"""The stockroom's API: lists of codes, acts on stock, and the documents they leave."""

from inventory.api.acts import router as documents  # one router: a path has one home
from inventory.api.codes import router as codes
from organisation.doors import Doors

router = Doors(tags=["inventory"])
router.add_router("", codes)
router.add_router("", documents)
