"""A blog that moves here from WordPress: its export file (WXR), and the pictures beside it.

export.py reads the file, survey.py looks at the whole of it first, text.py and comments.py turn what was
written into our form, pictures.py brings the files in, moving.py stores it all and report.py says so.
"""
