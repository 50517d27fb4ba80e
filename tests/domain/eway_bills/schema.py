"""What the portal's documentation says of a bill that is sent (``GENEWAYBILL`` 1.03), as a JSON schema of ours.

Names, lengths, ranges and which members must be there follow its table of attributes; amounts and rates are numbers.
"""

from typing import Any

_TEXT: dict[str, Any] = {"type": "string"}
_AMOUNT: dict[str, Any] = {"type": "number", "minimum": 0, "multipleOf": 0.01}
_PIN: dict[str, Any] = {"type": "integer", "minimum": 100000, "maximum": 999999}
_STATE: dict[str, Any] = {"type": "integer", "minimum": 1, "maximum": 99}
_GSTIN: dict[str, Any] = {"type": "string", "pattern": "^([0-9A-Z]{15}|URP)$"}
_DAY: dict[str, Any] = {"type": "string", "pattern": "^([0-3][0-9]/[0-1][0-9]/20[0-9]{2})?$"}
_RATE: dict[str, Any] = {"type": "number", "minimum": 0, "maximum": 100}


def _text(longest: int) -> dict[str, Any]:
    return {**_TEXT, "maxLength": longest}


_ITEM: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["hsnCode", "taxableAmount"],
    "properties": {
        "productName": _text(100),
        "productDesc": _text(100),
        "hsnCode": {"type": "integer", "minimum": 100, "maximum": 99999999},
        "quantity": {"type": "number", "minimum": 0},
        "qtyUnit": {**_TEXT, "pattern": "^[A-Z]{3}$"},
        "cgstRate": _RATE,
        "sgstRate": _RATE,
        "igstRate": _RATE,
        "cessRate": {**_RATE, "maximum": 300},
        "cessNonadvol": _AMOUNT,
        "taxableAmount": _AMOUNT,
    },
}

BILL: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": [
        "supplyType",
        "subSupplyType",
        "docType",
        "docNo",
        "docDate",
        "fromGstin",
        "fromPincode",
        "fromStateCode",
        "toGstin",
        "toPincode",
        "toStateCode",
        "transDistance",
        "itemList",
        "actToStateCode",
        "actFromStateCode",
        "totInvValue",
        "transactionType",
    ],
    "properties": {
        "supplyType": {"enum": ["O", "I"]},
        "subSupplyType": {"enum": [str(number) for number in range(1, 13)]},
        "subSupplyDesc": _text(20),
        "docType": {"enum": ["INV", "BIL", "BOE", "CHL", "OTH"]},
        "docNo": {**_TEXT, "pattern": "^[A-Za-z0-9/-]{1,16}$"},
        "docDate": _DAY,
        "fromGstin": _GSTIN,
        "fromTrdName": _text(100),
        "fromAddr1": _text(120),
        "fromAddr2": _text(120),
        "fromPlace": _text(50),
        "fromPincode": _PIN,
        "fromStateCode": _STATE,
        "actFromStateCode": _STATE,
        "toGstin": _GSTIN,
        "toTrdName": _text(100),
        "toAddr1": _text(120),
        "toAddr2": _text(120),
        "toPlace": _text(50),
        "toPincode": _PIN,
        "toStateCode": _STATE,
        "actToStateCode": _STATE,
        "transactionType": {"type": "integer", "minimum": 1, "maximum": 4},
        "dispatchFromGSTIN": _GSTIN,
        "dispatchFromTradeName": _text(100),
        "shipToGSTIN": _GSTIN,
        "shipToTradeName": _text(100),
        "otherValue": {"type": "number"},
        "totalValue": _AMOUNT,
        "cgstValue": _AMOUNT,
        "sgstValue": _AMOUNT,
        "igstValue": _AMOUNT,
        "cessValue": _AMOUNT,
        "cessNonAdvolValue": _AMOUNT,
        "totInvValue": _AMOUNT,
        "transporterId": {**_TEXT, "pattern": "^([0-9A-Z]{15})?$"},
        "transporterName": _text(100),
        "transDocNo": _text(15),
        "transMode": {"enum": ["", "1", "2", "3", "4"]},
        "transDistance": {**_TEXT, "pattern": "^[0-9]{1,4}$"},
        "transDocDate": _DAY,
        "vehicleNo": {**_TEXT, "pattern": "^([A-Z0-9]{7,15})?$"},
        "vehicleType": {"enum": ["", "R", "O"]},
        "itemList": {"type": "array", "minItems": 1, "maxItems": 250, "items": _ITEM},
    },
}
