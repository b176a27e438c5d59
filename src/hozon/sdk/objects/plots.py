"""`Bokeh`: an interactive plot.

Owns the way between Bokeh's documents and their JSON. Invariant: what is kept is a document that
Bokeh reads.
"""

import json
from typing import TYPE_CHECKING, Any, Final

from hozon.errors import InvalidMediaError
from hozon.sdk.objects.contents import BytesContent, Content
from hozon.sdk.objects.inputs import describe, file_of
from hozon.sdk.objects.libraries import is_a, need
from hozon.sdk.objects.media import Media

if TYPE_CHECKING:
    from os import PathLike

    from bokeh.document import Document
    from bokeh.model import Model

_FORMAT: Final = "bokeh.json"


class Bokeh(Media, type_name="bokeh-file", folder="bokeh", formats={_FORMAT}):
    """An interactive plot, kept as the JSON of a document of Bokeh.

    Args:
        data_or_path: A figure or another model of Bokeh, a document of Bokeh, or the path of the
            JSON of one, which is kept as it is.
        caption: A text to show beside it.

    Raises:
        InvalidMediaError: It is none of these.
        SourceFileError: The file cannot be read.

    Examples:
        Keep a figure.

        ```python
        from bokeh.plotting import figure

        import hozon

        plot = figure(title="Loss")
        plot.line([1, 2, 3], [0.9, 0.5, 0.4])
        print(hozon.Bokeh(plot, caption="loss"))
        #> <Bokeh 'loss' bokeh.json>
        ```
    """

    def __init__(
        self, data_or_path: "str | PathLike[str] | Document | Model", caption: str | None = None
    ) -> None:
        """Write the document, or check the file."""
        content: Content | None = file_of(data_or_path)
        if content is None:
            content = _content(data_or_path)
        _read(content)
        self._keep(content, format=_FORMAT, caption=caption)

    @property
    def document(self) -> "Document":
        """The plot as a new document of Bokeh.

        Raises:
            MissingExtraError: Bokeh is not installed.
            CorruptObjectError: The artifact holds other bytes than the object file says.
            StorageError: The store refused or failed.

        Examples:
            Look into the plot.

            ```python
            from bokeh.plotting import figure

            import hozon

            plot = hozon.Bokeh(figure(title="Loss"))
            print(plot.document.roots[0].title.text)
            #> Loss
            ```
        """
        module = need("bokeh.document", what="A plot")
        document: Document = module.Document.from_json(_read(self._content))
        return document


def _content(plot: Any) -> BytesContent:  # noqa: ANN401  Bokeh may not be there.
    """Write a document, or a model in a document of its own."""
    if is_a(plot, "bokeh.document", "Document"):
        document = plot
    elif is_a(plot, "bokeh.model", "Model"):
        document = plot.document
    else:
        raise InvalidMediaError(
            f"A {type(plot).__name__} is no plot of Bokeh",
            hint="Give a figure, a document, or the path of the JSON of one.",
        )
    if document is not None:
        return _encode(document)
    document = need("bokeh.document", what="A plot").Document()
    document.add_root(plot)
    try:
        return _encode(document)
    finally:
        document.remove_root(plot)  # A model belongs to one document: leave it to its owner.


def _encode(document: "Document") -> BytesContent:
    """Write the JSON of a document."""
    return BytesContent.of(json.dumps(document.to_json(deferred=False), allow_nan=False).encode())


def _read(content: Content) -> Any:  # noqa: ANN401  Bokeh's own JSON.
    """Read the JSON of a document."""
    try:
        document = json.loads(content.read())
    except (ValueError, RecursionError) as error:
        raise InvalidMediaError(
            f"{describe(content)} is no JSON ({error})",
            hint="Write it with json.dumps(document.to_json(deferred=False)).",
        ) from error
    if isinstance(document, dict) and {"roots", "version"} <= document.keys():
        return document
    raise InvalidMediaError(
        f"{describe(content)} is no document of Bokeh",
        hint="Write it with json.dumps(document.to_json(deferred=False)).",
    )
