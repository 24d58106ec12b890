"""How English writes days, unless the owner chose a format: Django says “Nov. 23, 2026, 5:05 p.m.”."""

DATE_FORMAT = "j F Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j F Y, H:i"
MONTH_DAY_FORMAT = "j F"
