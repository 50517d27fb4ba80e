"""Salespersons as JSON."""

from handlers.shapes.shape import TIMES, Shape, same
from models.masters import salespersons

SALESPERSON = Shape(
    salespersons, {"salesperson_id": "id", **same("salesperson_name", "email", "phone", "status"), **TIMES}
)
