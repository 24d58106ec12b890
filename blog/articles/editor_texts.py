"""Every sentence of the editor. Its scripts get them with the textarea, in the language of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import Promise

TEXTS: dict[str, Promise] = {
    "editor": _("Text of the article"),
    "editorHelp": _("Control and slash show every key. Alt and F10 lead to the buttons."),
    "toolbar": _("Formatting"),
    "cancel": _("Cancel"),
    "close": _("Close"),
    "insert": _("Insert"),
    "update": _("Update"),
    "words": _("Words: {words}"),
    "minutes": _("{minutes} min to read"),
    "lessThanMinute": _("less than a minute to read"),
    "fullScreen": _("Full screen"),
    "leaveFullScreen": _("Escape or the same button leads back to the form."),
    # Pictures
    "picture": _("Insert a picture"),
    "describe": _("Describe the picture"),
    "edit": _("Change the picture"),
    "alt": _("Alternative text"),
    "altHelp": _("What the picture shows, for those who cannot see it."),
    "decoration": _("Left empty, the picture is"),
    "noDecoration": _("not described yet"),
    "isDecoration": _("mere decoration"),
    "caption": _("Caption"),
    "uploading": _("Uploading the picture …"),
    "uploaded": _("The picture is in the text."),
    "uploadedAll": _("The pictures are in the text. Check the alternative text of each."),
    "waiting": _("Saving waits until the pictures are uploaded …"),
    "signedOut": _("You are signed out. Sign in in another window, then try again."),
    "offline": _("The picture could not be uploaded. Check the connection and try again."),
    "tooLarge": _(
        "The file is too large for this server. Save the picture smaller and try again."
    ),
    "refused": _("The picture was refused. You may lack the permission to upload pictures."),
    "gallery": _("Insert a gallery"),
    # Cards and code
    "card": _("Insert a card with a link"),
    "address": _("Address of the page"),
    "addressHelp": _("A film, a post, a map or any page. Nothing of it is loaded before a click."),
    "cardTitle": _("Words of the card"),
    "noAddress": _("This is no address of a page. It starts with https://"),
    "language": _("Language of the code"),
    "languageHelp": _("Such as python, html or bash. Empty: plain text."),
    # Snippets
    "snippet": _("Insert a snippet"),
    "snippetName": _("Snippet"),
    "snippetHelp": _("The text gets a copy. A later change of the snippet leaves it as it is."),
    "noSnippets": _("There is no snippet yet. Write one under “Snippets” at the desk."),
    "snippetsNotFound": _(
        "The snippets could not be fetched. Check the connection and try again."
    ),
    # Links
    "link": _("Link"),
    "linkTo": _("Address or article"),
    "linkToHelp": _(
        "Type an address, or words of an article’s title to find it. #ask makes a question to readers."
    ),
    "linkWords": _("Words of the link"),
    "setLink": _("Set link"),
    "removeLink": _("Remove link"),
    "badAddress": _(
        "This cannot be linked. An address starts with https://, mailto:, tel: or, on this site, with /."
    ),
    "emptyAddress": _("Type an address, or choose an article."),
    "articles": _("Articles"),
    "articlesFound": _("Articles found: {count}"),
    "noArticles": _("No article has these words in its title."),
    "notFound": _("The articles could not be searched. Check the connection and try again."),
    "ask": _("Question to readers"),
    "askSelect": _("Select the words of your question first."),
    "asked": _("Readers can answer this below the article; their answers quote it."),
    # Find and replace
    "find": _("Find and replace"),
    "findWords": _("Find"),
    "replaceBy": _("Replace by"),
    "findNext": _("Next"),
    "findPrevious": _("Previous"),
    "replaceOne": _("Replace"),
    "replaceAll": _("Replace all"),
    "matchCase": _("Match case"),
    "foundAt": _("{number} of {count}"),
    "foundNothing": _("Not found"),
    "replaced": _("Replaced: {count}"),
    # Paste
    "notes": _("Notes"),
    "remote": _(
        "Pictures of other sites became links, since nothing is loaded from elsewhere."
        " Save a picture you may use and insert it here."
    ),
    "unreadable": _(
        "Some pictures could not be read from the paste. Insert them with the picture button."
    ),
    "markdownRead": _("The Markdown was understood. Undo brings the plain text back."),
    "noMarkdown": _("The Markdown stays plain text, since the server could not be asked."),
    "becameCard": _("The address became a card. Undo makes it a link."),
    # The map of the keyboard
    "keyMap": _("Keys"),
    "more": _("End of what lists show (more)"),
    "nextPage": _("Page break: the rest is on the next page"),
    "keysPressed": _("Press"),
    "keysTyped": _("Type at the start of a line, or around words"),
}

# The library names its buttons in English only.
BUTTONS: dict[str, Promise] = {
    "heading2": _("Heading 2"),
    "heading3": _("Heading 3"),
    "heading4": _("Heading 4"),
    "paragraph": _("Paragraph"),
    "codeBlock": _("Code block"),
    "bulletList": _("Unordered list"),
    "orderedList": _("Ordered list"),
    "orderedListProperties": _("Numbers of the list"),
    "blockquote": _("Quote"),
    "horizontalRule": _("Horizontal rule"),
    "more": _("End of what lists show (more)"),
    "nextPage": _("Page break: the rest is on the next page"),
    "ask": TEXTS["ask"],
    "bold": _("Bold"),
    "italic": _("Italic"),
    "strike": _("Struck through"),
    "subscript": _("Subscript"),
    "superscript": _("Superscript"),
    "code": _("Code in the line"),
    "table": _("Insert a table"),
    "table:addColumnAfter": _("Add a column"),
    "table:deleteColumn": _("Delete the column"),
    "table:addRowAfter": _("Add a row"),
    "table:deleteRow": _("Delete the row"),
    "table:mergeCells": _("Merge cells"),
    "table:splitCell": _("Split the cell"),
    "table:toggleHeaderCell": _("Head or plain cell"),
    "table:deleteTable": _("Delete the table"),
    "history:undo": _("Undo"),
    "history:redo": _("Redo"),
}

# What the keys do: as the editing library writes them, Mod is Ctrl, or Command on a Mac.
KEYS: list[tuple[Promise, str]] = [
    (BUTTONS["bold"], "Mod-b"),
    (BUTTONS["italic"], "Mod-i"),
    (BUTTONS["code"], "Mod-e"),
    (BUTTONS["strike"], "Mod-Shift-s"),
    (BUTTONS["subscript"], "Mod-,"),
    (BUTTONS["superscript"], "Mod-."),
    (TEXTS["link"], "Mod-k"),
    (BUTTONS["paragraph"], "Mod-Alt-0"),
    (BUTTONS["heading2"], "Mod-Alt-2"),
    (BUTTONS["heading3"], "Mod-Alt-3"),
    (BUTTONS["heading4"], "Mod-Alt-4"),
    (BUTTONS["bulletList"], "Mod-Shift-8"),
    (BUTTONS["orderedList"], "Mod-Shift-7"),
    (BUTTONS["blockquote"], "Mod-Shift-b"),
    (BUTTONS["codeBlock"], "Mod-Alt-c"),
    (_("New line in the paragraph"), "Shift-Enter"),
    (_("Item deeper in its list"), "Tab"),
    (_("Item higher in its list"), "Shift-Tab"),
    (BUTTONS["history:undo"], "Mod-z"),
    (BUTTONS["history:redo"], "Mod-Shift-z"),
    (_("Paste as plain text"), "Mod-Shift-v"),
    (TEXTS["find"], "Mod-f"),
    (TEXTS["fullScreen"], "Mod-Shift-Enter"),
    (_("Buttons"), "Alt-F10"),
    (TEXTS["keyMap"], "Mod-/"),
]

# What typing turns into.
TYPED: list[tuple[Promise, str]] = [
    (BUTTONS["heading2"], "## "),
    (BUTTONS["heading3"], "### "),
    (BUTTONS["heading4"], "#### "),
    (BUTTONS["bulletList"], "- "),
    (BUTTONS["orderedList"], "1. "),
    (BUTTONS["blockquote"], "> "),
    (BUTTONS["codeBlock"], "```python "),
    (BUTTONS["horizontalRule"], "---"),
    (BUTTONS["bold"], "**…**"),
    (BUTTONS["italic"], "*…*"),
    (BUTTONS["strike"], "~~…~~"),
    (BUTTONS["code"], "`…`"),
    (TEXTS["link"], "[…](https://…)"),
    (TEXTS["ask"], "[…](#ask)"),
]
