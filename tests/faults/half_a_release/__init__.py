"""The migrations of the next release, and one more that fails after its first half."""

from tests.faults import next_release

__path__ = [*next_release.__path__, *__path__]
