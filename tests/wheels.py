"""The wheels of our dependencies, made again from what is installed: tests need no network for them."""

import re
from importlib.metadata import Distribution, distribution
from pathlib import Path

from grader.run.bundle.wheels import project
from grader.run.bundle.zipped import zipped


def repacked(folder: Path, *more: str) -> None:
    """Write a wheel for each dependency and for what else is named, and theirs, into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [*more, *(_name(text) for text in project().requires)]
    done: set[str] = set()
    while names:
        name = names.pop()
        if name in done:
            continue
        done.add(name)
        found = distribution(name)
        names += [_name(text) for text in found.requires or () if ";" not in text]
        _write(found, folder)


def _name(requirement: str) -> str:
    return re.split(r"[^\w.-]", requirement)[0].lower().replace("_", "-")


def _write(found: Distribution, folder: Path) -> None:
    tags = re.findall(r"^Tag: (\S+)-(\S+)-(\S+)$", found.read_text("WHEEL") or "", re.MULTILINE)
    tag = "-".join(".".join(sorted({one[part] for one in tags})) for part in range(3))
    name = re.sub(r"[-.]+", "_", found.metadata["Name"].lower())
    files = {
        str(path): Path(str(path.locate())).read_bytes()
        for path in found.files or ()
        if ".." not in path.parts and "__pycache__" not in path.parts and path.suffix != ".pyc"
    }
    installed = {"INSTALLER", "REQUESTED", "direct_url.json"}
    kept = {name: data for name, data in files.items() if name.rpartition("/")[2] not in installed}
    record = next(name for name in kept if name.endswith(".dist-info/RECORD"))
    lines = [f"{name},," for name in sorted(kept)]
    kept[record] = ("\n".join(lines) + "\n").encode()
    (folder / f"{name}-{found.version}-{tag}.whl").write_bytes(zipped(kept))
