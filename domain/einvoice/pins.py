"""Which state a PIN code may lie in, by its first two digits.

The portal compares three digits with a list of its own, which nobody publishes in full; two refuse only what it surely
refuses (error 3039). Source: the postal circles of India Post, and the ranges of three digits in the e-invoice system's
master codes as India Compliance tells them (180 to 194 for Jammu and Kashmir, 244 to 263 for Uttarakhand, and so on),
with which every row was compared; Telangana and Ladakh by the postal circles alone.
"""

_BEGIN_WITH = {
    "01": "18 19",
    "02": "17",
    "03": "14 15 16",
    "04": "14 16",
    "05": "24 26",
    "06": "12 13",
    "07": "11",
    "08": "30 31 32 33 34",
    "09": "20 21 22 23 24 25 26 27 28",
    "10": "80 81 82 83 84 85",
    "11": "73",
    "12": "79",
    "13": "79",
    "14": "79",
    "15": "79",
    "16": "79",
    "17": "79",
    "18": "78",
    "19": "70 71 72 73 74",
    "20": "81 82 83",
    "21": "75 76 77",
    "22": "49",
    "23": "45 46 47 48",
    "24": "36 37 38 39",
    "26": "36 39",
    "27": "40 41 42 43 44",
    "29": "56 57 58 59",
    "30": "40",
    "31": "68",
    "32": "67 68 69",
    "33": "60 61 62 63 64",
    "34": "53 60 67",
    "35": "74",
    "36": "50",
    "37": "50 51 52 53",
    "38": "19",
}


def may_lie_in(pin: int, gst_code: str) -> bool:
    """Say whether a PIN may belong to the state with this number; for Other Territory any may."""
    beginnings = _BEGIN_WITH.get(gst_code)
    return beginnings is None or str(pin)[:2] in beginnings.split()
