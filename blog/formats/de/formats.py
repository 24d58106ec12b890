"""How German writes moments, unless the owner chose a format: Django leaves out the comma."""

DATETIME_FORMAT = "j. F Y, H:i"
