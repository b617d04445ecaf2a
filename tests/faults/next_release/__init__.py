"""The stockroom's migrations, and behind them one of a release that is still to come."""

from pathlib import Path

from inventory import migrations

THEIRS = Path(migrations.__file__).parent
LAST = max(path.stem for path in THEIRS.glob("0*.py"))
__path__ = [str(THEIRS), *__path__]
