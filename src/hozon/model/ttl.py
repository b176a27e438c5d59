"""TTL: how long a version lives, as its owner asks for it.

Owns which spans may be asked for. Refuses to own when a version expires: that depends on policies
of its collection, its project and its team, too.
"""

from datetime import timedelta
from enum import Enum
from typing import Final

from hozon.errors import InvalidTtlError


class ArtifactTTL(Enum):
    """What a version's TTL may be beside a span of time and None.

    Examples:
        Take a span back, so that the policies above the version decide again.

        ```python
        from datetime import timedelta

        import hozon

        artifact = hozon.Api().artifact("mnist:v1")
        print(artifact.ttl)
        #> ArtifactTTL.INHERIT
        artifact.ttl = timedelta(days=30)
        artifact.save()
        print(hozon.Api().artifact("mnist:v1").ttl)
        #> 30 days, 0:00:00
        artifact.ttl = hozon.ArtifactTTL.INHERIT
        artifact.save()
        print(hozon.Api().artifact("mnist:v1").ttl)
        #> ArtifactTTL.INHERIT
        ```
    """

    INHERIT = "inherit"
    """The version has no TTL of its own: that of its collection, project or team applies."""

    def __repr__(self) -> str:
        """Show it as code names it."""
        return str(self)


Ttl = timedelta | None | ArtifactTTL
"""A span since the creation, None for never, or `ArtifactTTL.INHERIT`."""

MIN_TTL: Final = timedelta(seconds=1)
"""The shortest span: what is shorter was meant otherwise."""

MAX_TTL: Final = timedelta(days=36_500)
"""The longest span, about a century: whoever wants more wants None."""


def check_ttl(value: object) -> Ttl:
    """Accept a TTL.

    Args:
        value: A `timedelta` from 1 second to 36,500 days, None for never, or `ArtifactTTL.INHERIT`.

    Returns:
        The value, unchanged.

    Raises:
        InvalidTtlError: It is a bare number, whose unit nobody knows, or another kind of thing; or
            the span is zero, negative, too short or too long.
    """
    if value is None or isinstance(value, ArtifactTTL):
        return value
    if not isinstance(value, timedelta):
        raise InvalidTtlError(
            f"The TTL {value!r} is of type {type(value).__name__}",
            hint="Give a timedelta, such as timedelta(days=30), None for never, or"
            " ArtifactTTL.INHERIT.",
        )
    if value < MIN_TTL:
        raise InvalidTtlError(
            f"The TTL {value} is below one second",
            hint="Give a longer timedelta, or call delete() to delete the version now.",
        )
    if value > MAX_TTL:
        raise InvalidTtlError(
            f"The TTL {value} is above {MAX_TTL.days} days", hint="Give None for never."
        )
    return value
