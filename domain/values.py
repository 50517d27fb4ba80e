"""Values: what the books reckon with. Structs that never change, told by their fields, and read and written as JSON.

They look like frozen dataclasses and cost a fraction of them to make, to copy with changes and to write (decision
0019). ``Struct.__struct_fields__`` names the fields. What the program declares once (kinds, registers, lists) is none.
"""

from msgspec import Struct, field
from msgspec.structs import asdict, replace

__all__ = ["Struct", "asdict", "field", "replace"]
