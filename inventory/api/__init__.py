"""The stockroom's API: lists of codes, acts on stock, and the documents they leave."""

from inventory.api.acts import router as acts
from inventory.api.codes import router as codes
from inventory.api.documents import router as documents
from organisation.doors import Doors

router = Doors(tags=["inventory"])
router.add_router("", codes)
router.add_router("", acts)
router.add_router("", documents)
