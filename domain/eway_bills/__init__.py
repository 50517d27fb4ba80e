"""E-way bills: the permit with which goods of some value travel (CGST Act 2017, section 68; CGST Rules, rule 138)."""
