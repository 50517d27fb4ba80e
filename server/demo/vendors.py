"""Whom the demo organization buys from: vendors of every treatment, each under the word that the bills know it by."""

from collections.abc import Mapping

from server.demo.masters import Values, abroad, contact

VENDORS: Mapping[str, Values] = {
    "satpura": contact(
        "Satpura Steel Furniture Private Limited",
        "REGISTERED",
        ("4 Industrial Area", "IN-MP", "Itarsi", "461111"),
        gstin="23ZZSCS3390Y1Z",
        contact_type="VENDOR",
    ),
    "indrayani": contact(
        "Indrayani Paper Mart",
        "REGISTERED",
        ("17 Laxmi Road", "IN-MH", "Pune", "411030"),
        gstin="27ZZIPI6047Z1Z",
        contact_type="VENDOR",
    ),
    "hampi": contact(
        "Hampi Tea and Coffee Traders",
        "COMPOSITION",
        ("9 Bazaar Street", "IN-KA", "Hosapete", "583201"),
        gstin="29ZZHPH7714A1Z",
        contact_type="VENDOR",
        terms=15,
    ),
    "gaikwad": contact(
        "Ramesh Gaikwad, carpenter",
        "UNREGISTERED",
        ("Lane 3, Bhosari", "IN-MH", "Pune", "411026"),
        contact_type="VENDOR",
        terms=0,
    ),
    "pawar": contact(
        "Sunita Pawar",
        "CONSUMER",
        ("21 Shivaji Park", "IN-MH", "Mumbai", "400028"),
        contact_type="VENDOR",
        terms=0,
        notes="Sold us her reception desk.",
    ),
    "brightlamp": abroad("Brightlamp Trading Company", "Shenzhen", "China", "USD", contact_type="VENDOR"),
    "nashik": contact(
        "Nashik Fittings SEZ Unit",
        "SEZ",
        ("Unit 12, Special Economic Zone", "IN-MH", "Nashik", "422001"),
        gstin="27ZZNCN4483B1Z",
        contact_type="VENDOR",
    ),
    "kandla": contact(
        "Kandla Plywood",
        "DEEMED_EXPORT",
        ("Sector 5, Free Trade Zone", "IN-GJ", "Gandhidham", "370201"),
        gstin="24ZZKFK5561C1Z",
        contact_type="VENDOR",
    ),
    "jadhav": contact(
        "Jadhav Roadlines",
        "UNREGISTERED",
        ("Truck Terminal", "IN-MH", "Nanded", "431601"),
        contact_type="VENDOR",
        terms=7,
    ),
    "taluka": contact(
        "Taluka Caterers and Halls",
        "REGISTERED",
        ("44 Station Road", "IN-MH", "Thane", "400601"),
        gstin="27ZZTFT2094D1Z",
        contact_type="VENDOR",
        terms=0,
    ),
    "lakeside": contact(
        "Lakeside Residency",
        "REGISTERED",
        ("1 Boulevard Road", "IN-KA", "Mysuru", "570010"),
        gstin="29ZZLCL7730E1Z",
        contact_type="VENDOR",
        terms=0,
    ),
    "deshpande": contact(
        "Deshpande and Associates",
        "REGISTERED",
        ("3 Law College Road", "IN-MH", "Pune", "411004"),
        gstin="27ZZDFD1158F1Z",
        contact_type="VENDOR",
        terms=15,
    ),
    "distributor": contact(
        "Sahyadri Workspaces, input service distributor",
        "REGISTERED",
        ("14 Ferry Lane, Fort", "IN-MH", "Mumbai", "400001"),
        gstin="27ZZSCS2718K2Z",
        contact_type="VENDOR",
        notes="Our own office under a GSTIN of its own: it passes on the tax of what is bought for both branches.",
    ),
}
