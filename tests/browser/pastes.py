"""What programs put on the clipboard: small, with all that makes each of them hard to read."""

# ruff: noqa: E501 - HTML and what becomes of it, in their own lines

import base64
import io
from functools import cache

import PIL.Image


@cache
def png(color: str = "teal") -> bytes:
    file = io.BytesIO()
    PIL.Image.new("RGB", (30, 20), color).save(file, "PNG")
    return file.getvalue()


def data_address(color: str = "teal") -> str:
    return f"data:image/png;base64,{base64.b64encode(png(color)).decode()}"


# Headings by class and outline level, lists as paragraphs with painted markers, notes, a comment, a deletion.
WORD = """<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"
xmlns:w="urn:schemas-microsoft-com:office:word"><head><meta name=Generator content="Microsoft Word 15">
<style><!-- /* Style Definitions */ p.MsoNormal, li.MsoNormal {margin:0cm; font-size:12.0pt;
font-family:"Calibri",sans-serif;} @list l0:level1 {mso-level-number-format:bullet;} --></style></head>
<body lang=EN-GB style='tab-interval:36.0pt'><!--StartFragment-->
<h1>A report<o:p></o:p></h1>
<p class=MsoNormal style='margin-bottom:8pt'><b style='mso-bidi-font-weight:normal'>Bold</b> and
<i>leaning</i> text with a <a href="https://x.example/?utm_source=word">link</a>, H<sub>2</sub>O and a
note<a style='mso-footnote-id:ftn1' href="#_ftn1" name="_ftnref1" title=""><span class=MsoFootnoteReference><span
style='mso-special-character:footnote'><![if !supportFootnotes]><span class=MsoFootnoteReference><span
style='font-size:12.0pt'>[1]</span></span><![endif]></span></span></a>.<span style='mso-spacerun:yes'>&nbsp;
</span>Two spaces.<a class=msocomanchor href="#_msocom_1">[EM1]</a> <span class=msoDel><del>gone</del></span></p>
<p class=MsoNormal><o:p>&nbsp;</o:p></p>
<p class=MsoHeading2 style='mso-outline-level:2'>A part</p>
<p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='font-family:Symbol'><span style='mso-list:Ignore'>·<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;
</span></span></span><![endif]>One</p>
<p class=MsoListParagraphCxSpMiddle style='mso-list:l0 level2 lfo1'><span
style='mso-list:Ignore'>o<span>&nbsp;&nbsp; </span></span>Deeper</p>
<p class=MsoListParagraphCxSpLast style='mso-list:l0 level1 lfo1'><span
style='mso-list:Ignore'>·<span>&nbsp; </span></span>Two</p>
<p class=MsoNormal>Between.</p>
<p class=MsoListParagraphCxSpFirst style='mso-list:l1 level1 lfo2'><span
style='mso-list:Ignore'>3.<span>&nbsp; </span></span>Third</p>
<p class=MsoListParagraphCxSpLast style='mso-list:l1 level1 lfo2'><span
style='mso-list:Ignore'>4.<span>&nbsp; </span></span>Fourth</p>
<table class=MsoTableGrid border=1 style='border-collapse:collapse'><thead><tr style='mso-yfti-firstrow:yes'>
<td width=301 valign=top style='width:225.4pt'><p class=MsoNormal>Name<o:p></o:p></p></td></tr></thead>
<tr><td><p class=MsoNormal>Edda</p></td></tr></table>
<p class=MsoNormal><![if !vml]><img width=30 height=20 src="file:///C:/Users/e/Temp/msohtmlclip1/01/clip_image001.png"
alt="A teal sea" v:shapes="Picture_1"><![endif]></p>
<h1>An end</h1>
<div style='mso-element:footnote-list'><br clear=all><hr align=left size=1 width="33%">
<div style='mso-element:footnote' id=ftn1><p class=MsoFootnoteText><a style='mso-footnote-id:ftn1' href="#_ftnref1"
name="_ftn1" title=""><span class=MsoFootnoteReference>[1]</span></a> The <i>first</i> note.</p></div></div>
<div style='mso-element:comment-list'><hr class=msocomoff><div style='mso-element:comment'><p>Really?</p></div></div>
<!--EndFragment--></body></html>"""
# The bytes of the picture, which the HTML only names.
WORD_RTF = (
    r"{\rtf1\ansi{\*\shppict{\pict{\*\picprop\shplid1025{\sp{\sn shapeType}{\sv 75}}}\picscalex100"
    r"\pngblip\bliptag123{\*\blipuid 0123456789abcdef}" + "\n" + png().hex() + r"}}"
    r"{\nonshppict{\pict\wmetafile8 0100090000030202" + "00" * 40 + "}}}"
)
WORD_BODY = """<h2>A report</h2>
<p><strong>Bold</strong> and <em>leaning</em> text with a <a href="https://x.example/?utm_source=word">link</a>, \
H<sub>2</sub>O and a note<a href="#note-1" id="noteref-1"><sup>1</sup></a>. Two spaces.</p>
<h3>A part</h3>
<ul><li>One<ul><li>Deeper</li></ul></li><li>Two</li></ul>
<p>Between.</p>
<ol start="3"><li>Third</li><li>Fourth</li></ol>
<table><tbody><tr><th>Name</th></tr><tr><td>Edda</td></tr></tbody></table>
<figure><img src="{src}" alt="A teal sea"></figure>
<h2>An end</h2>
<h2>Notes</h2>
<ol><li id="note-1">The <em>first</em> note. <a href="#noteref-1">↩</a></li></ol>"""

# Word in the browser: headings by role, every item a list of its own.
WORD_ONLINE = """<div class="OutlineElement Ltr"><p class="Paragraph" role="heading" aria-level="2"><span
class="TextRun" style="font-weight:bold"><span class="NormalTextRun">Online</span></span><span class="EOP">&nbsp;</span></p></div>
<div class="ListContainerWrapper"><ul class="BulletListStyle1"><li data-aria-level="1" class="OutlineElement"><p
class="Paragraph"><span class="TextRun">One</span></p></li></ul></div>
<div class="ListContainerWrapper"><ul class="BulletListStyle2"><li data-aria-level="2"><p
class="Paragraph"><span class="TextRun">Deeper</span></p></li></ul></div>"""
WORD_ONLINE_BODY = "<h2>Online</h2>\n<ul><li>One<ul><li>Deeper</li></ul></li></ul>"

# Everything in a bold element that is not bold; marks as styles; a list beside its item; pictures elsewhere.
GOOGLE_DOCS = """<meta charset='utf-8'><meta charset="utf-8"><b style="font-weight:normal;"
id="docs-internal-guid-5d1f"><h1 dir="ltr" style="line-height:1.38;margin-top:20pt;"><span
style="font-size:20pt;font-family:Arial;font-weight:400;">Docs</span></h1><p dir="ltr"><span
style="font-weight:700;font-style:normal;">Bold</span><span style="font-weight:400;"> and </span><span
style="font-weight:400;font-style:italic;">leaning</span><span style="text-decoration:line-through;">struck</span><span
style="font-weight:400">, x</span><span style="font-size:0.6em;vertical-align:super;">2</span><a
href="https://y.example/" style="text-decoration:none;"><span style="color:#1155cc;text-decoration:underline;"> a
link</span></a></p><br /><ul style="margin-top:0;"><li dir="ltr" style="list-style-type:disc;" aria-level="1"><p
dir="ltr" role="presentation"><span>One</span></p></li><ul><li dir="ltr" aria-level="2"><p dir="ltr"
role="presentation"><span>Deeper</span></p></li></ul><li aria-level="1"><p><span>Two</span></p></li></ul><p
dir="ltr"><span><span style="border:none;display:inline-block;"><img
src="https://lh7-rt.googleusercontent.com/docsz/AD_1" width="602" height="400" alt="A map"></span></span></p><div
dir="ltr" align="left"><ol><li style="list-style-type:lower-alpha" aria-level="1">Lettered</li></ol><table style="border:none;"><colgroup><col width="301" /></colgroup><tbody><tr><td
style="border-left:solid #000 1pt;"><p dir="ltr"><span>Cell</span></p></td></tr></tbody></table></div></b><br
class="Apple-interchange-newline">"""
GOOGLE_DOCS_BODY = """<h2>Docs</h2>
<p><strong>Bold</strong> and <em>leaning</em><s>struck</s>, x<sup>2</sup><a href="https://y.example/"> a link</a></p>
<ul><li>One<ul><li>Deeper</li></ul></li><li>Two</li></ul>
<p><a href="https://lh7-rt.googleusercontent.com/docsz/AD_1">A map</a></p>
<ol type="a"><li>Lettered</li></ol>
<table><tbody><tr><td>Cell</td></tr></tbody></table>"""

# What the Mac's text system makes of Pages: no headings, only fonts.
PAGES = """<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://www.w3.org/TR/html4/strict.dtd"><html><head>
<meta http-equiv="Content-Style-Type" content="text/css"><meta name="Generator" content="Cocoa HTML Writer">
<style type="text/css">
p.p1 {margin: 0.0px 0.0px 0.0px 0.0px; font: 28.0px 'Helvetica Neue'; color: #000000}
p.p2 {margin: 0.0px 0.0px 0.0px 0.0px; font: 11.0px 'Helvetica Neue'; min-height: 13.0px}
p.p3 {margin: 0.0px; font: 18.0px 'Helvetica Neue'}
li.li2 {margin: 0.0px 0.0px 0.0px 0.0px; font: 11.0px 'Helvetica Neue'}
span.s1 {font: bold 11.0px 'Helvetica Neue'} ul.ul1 {list-style-type: disc}
</style></head><body><p class="p1">Paged</p><p class="p2"><br></p>
<p class="p2">Running text, as long as it takes, with <span class="s1">bold</span><span
class="Apple-converted-space"> </span>words.</p><p class="p3">A part</p>
<ul class="ul1"><li class="li2">One</li><ul class="ul1"><li class="li2">Deeper</li></ul></ul></body></html>"""
PAGES_BODY = """<h2>Paged</h2>
<p>Running text, as long as it takes, with <strong>bold</strong> words.</p>
<h3>A part</h3>
<ul><li>One<ul><li>Deeper</li></ul></li></ul>"""

LIBREOFFICE = """<html><head><meta name="generator" content="LibreOffice 24.2 (Linux)"/><style type="text/css">
p { line-height: 115%; background: transparent } a.sdfootnoteanc { font-size: 57% }</style></head><body lang="en-US"
dir="ltr"><h1 class="western" style="font-weight: bold">Office</h1><p style="margin-bottom: 0.1in"><font face="Liberation
Serif, serif"><font size="3" style="font-size: 12pt"><b>Bold</b>, said twice.<sup><a class="sdfootnoteanc"
name="sdfootnote1anc" href="#sdfootnote1sym"><sup>1</sup></a></sup></font></font></p><ol start="2"><li><p
style="margin-bottom: 0in">Two</p></li><li><p>Three</p></li></ol><div id="sdfootnote1"><p class="sdfootnote"><a
class="sdfootnotesym" name="sdfootnote1sym" href="#sdfootnote1anc">1</a>A note.</p></div></body></html>"""
LIBREOFFICE_BODY = """<h2>Office</h2>
<p><strong>Bold</strong>, said twice.<a href="#note-{n}" id="noteref-{n}"><sup>{n}</sup></a></p>
<ol start="2"><li>Two</li><li>Three</li></ol>
<h2>Notes</h2>
<ol>{first}<li id="note-{n}">A note. <a href="#noteref-{n}">↩</a></li></ol>"""

# A page: an anchor beside the heading, code with colours, a player, a pixel that counts, a button, scripts.
PAGE = """<meta charset='utf-8'><article><h2 id="x" onclick="alert(1)">A page<a class="anchor" aria-hidden="true"
href="#x"><svg></svg></a></h2><div>First<br>line</div><div style="font-weight:600">Not ours</div><p
style="color:red">See <a href="javascript:alert(1)">this</a>, <a href="#y">below</a>, <kbd>Ctrl</kbd>.</p><div
class="highlight highlight-source-python"><pre><span style="color:blue">def</span> f():<br>    pass</pre></div><iframe
title="A film" src="https://www.youtube.com/embed/abcdef12"></iframe><figure><img
src="https://z.example/far.jpg" alt="Far away"><figcaption>A caption</figcaption></figure><img
src="https://t.example/p.gif" width="1" height="1"><img src="{own}" alt="Ours"><img
src="{data}" alt="Carried along"><button>Buy</button><script>alert(1)</script><style>p { color: red }</style><blockquote
cite="https://q.example/">Quoted.</blockquote><p>&nbsp;</p></article>"""
PAGE_BODY = """<h2>A page</h2>
<p>First<br>line</p>
<p>Not ours</p>
<p>See this, below, <code>Ctrl</code>.</p>
<pre><code class="language-python">def f():
    pass</code></pre>
<figure data-embed="youtube"><a href="https://www.youtube.com/watch?v=abcdef12">A film</a></figure>
<p><a href="https://z.example/far.jpg">Far away</a></p>
<p>A caption</p>
<figure><img src="{own}" alt="Ours"></figure>
<figure><img src="{src}" alt="Carried along"></figure>
<blockquote cite="https://q.example/"><p>Quoted.</p></blockquote>"""

MARKDOWN = """# A title

Some **bold** words and [a link](https://x.example/).

- one
- two

```python
x = 1
```

| A | B |
|---|---|
| 1 | 2 |
"""
MARKDOWN_BODY = """<h2>A title</h2>
<p>Some <strong>bold</strong> words and <a href="https://x.example/">a link</a>.</p>
<ul><li>one</li><li>two</li></ul>
<pre><code class="language-python">x = 1</code></pre>
<table><tbody><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></tbody></table>"""
PLAIN = "Costs 2 * 3 * 4.\nA second line; snake_case_name - and a #hashtag."
