"""Every number of the compiled report, in Word, PDF and Excel, read back and accounted for over 50 made-up branches."""

import io
import itertools
import json

from reports.render import OUTPUTS
from reports.services import compile_now
from tests import branches
from tests.auditor import audit

COUNT = 50


def files_of(compiled) -> dict[str, bytes]:
    """Every file of a compiled report."""
    found = {}
    for output in OUTPUTS:
        stream = io.BytesIO()
        output.write(compiled, stream)
        found[output.name] = stream.getvalue()
    return found


def faults_of(compiled, files, **how):
    """What the auditor says of a compiled report. The material goes through JSON, as it is stored."""
    material = json.loads(json.dumps(compiled.frozen.material))
    return audit(files, json.loads(files["figures.json"]), material, **how)


def test_every_number_of_fifty_branches_is_accounted_for(transactional_db, data_dir):
    ids, faults = itertools.count(1_000_000), []
    places = branches.make_places(COUNT)
    for seed, place in enumerate(places):
        branches.tell(branches.deal(seed, place.pk, ids), with_files=seed % 4 == 0)
    for seed, place in enumerate(places):
        compiled = compile_now(place, branches.WINDOWS[seed % len(branches.WINDOWS)])
        faults += [f"branch {seed}: {fault}" for fault in faults_of(compiled, files_of(compiled))]
    assert not faults, f"{len(faults)} faults\n" + "\n".join(faults[:60])
