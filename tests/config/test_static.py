"""Static files as a fresh installation collects them."""

from pathlib import Path

from django.core.files.storage import FileSystemStorage

from config.static import StationStorage

STATIC = Path("config/static")


def test_every_module_of_a_station_is_hashed_however_deep_it_stands(tmp_path):
    source, storage = FileSystemStorage(STATIC), StationStorage(location=tmp_path)
    names = [str(path.relative_to(STATIC)) for path in sorted(STATIC.glob("station/*.js"))]
    for name in names:
        with source.open(name) as file:
            storage.save(name, file)

    worst = sorted(names, reverse=True)  # the order in which a disk lists them is anybody's guess
    found = list(storage.post_process({name: (source, name) for name in worst}))

    assert not [each for each in found if isinstance(each[2], Exception)]
    hashed = {name: new for name, new, _was_changed in found if new}
    assert set(names) <= set(hashed)
    till = (tmp_path / storage.hashed_files["station/till.js"]).read_text()
    for line in till.splitlines():
        if line.startswith("import ") and "./" in line:
            name = line.split('"')[1].removeprefix("./")
            assert (tmp_path / "station" / name).exists(), line
