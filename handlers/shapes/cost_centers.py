"""Cost centres as JSON."""

from handlers.shapes.shape import TIMES, Shape, same
from models.organization import cost_centers

COST_CENTER = Shape(cost_centers, {"cost_center_id": "id", **same("name", "code", "is_active"), **TIMES})
