"""The program `been-there`."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from beenthere import chores

app = typer.Typer(
    help="Find people who have lived through something similar, and talk in a safe place.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
audit_app = typer.Typer(help="The hash-chained record of staff, privacy and role actions.")
app.add_typer(audit_app, name="audit")
app.add_typer(chores.keys_app, name="keys")
app.command("import")(chores.bring_in)
app.command()(chores.export)
app.command()(chores.retention)


@app.command()
def demo(port: int = 8000, keep: Path | None = None) -> None:
    """Start a made-up community on this machine, to look around in. Nothing is kept."""
    from beenthere.demo import community

    community.run(port=port, keep=keep)


@app.command()
def serve(port: int = 8000, host: str = "127.0.0.1", workers: int = 1) -> None:
    """Start your own installation; settings come from BEEN_THERE_*."""
    from beenthere import serving

    serving.serve(host=host, port=port, workers=workers)


@app.command()
def setup(
    organisation: Annotated[str, typer.Option(prompt="What is your organisation called?")],
    name: Annotated[str, typer.Option(prompt="A name for the first administrator")],
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)],
) -> None:
    """Make the database, the organisation and its first administrator."""
    from beenthere import serving

    codes = asyncio.run(serving.set_up(organisation=organisation, name=name, password=password))
    typer.echo(f"Done. Sign in as {name}. These codes get you back in if you lose the password;")
    typer.echo("keep them on paper, each works once:\n")
    for code in codes:
        typer.echo(f"  {code}")


@app.command()
def migrate() -> None:
    """Bring the database to the newest version; nothing happens when it is there."""
    from beenthere import schema as database_schema
    from core.settings import Settings

    asyncio.run(database_schema.upgrade(Settings().database_url))
    typer.echo("The database is at the newest version.")


@app.command()
def match(
    people: Annotated[
        Path,
        typer.Argument(
            exists=True,
            dir_okay=False,
            readable=True,
            help="Person documents, one JSON object a line",
        ),
    ],
    more: Annotated[
        list[str] | None, typer.Argument(metavar="ID", help="More ids, after --for ID")
    ] = None,
    wanted: Annotated[
        list[str] | None, typer.Option("--for", metavar="ID …", help="Only for these")
    ] = None,
    k: Annotated[int, typer.Option("-k", min=1, help="How many for each")] = 10,
) -> None:
    """Offer each person others, with the reasons: one JSON object a line, in the same order."""
    from core.settings import Settings
    from matching import batches, documents, encoders

    if more and not wanted:
        raise typer.BadParameter(f"write --for before ids: --for {' '.join(more)}")
    ids = [*wanted, *(more or ())] if wanted else None
    with people.open(encoding="utf-8", errors="surrogateescape") as lines:
        read = list(documents.read_jsonl(lines))
    encoders.choose(Settings().encoder)
    for answer in batches.match_people(read, for_ids=ids, k=k, encoder=encoders.load()):
        typer.echo(json.dumps(answer, ensure_ascii=False))


@app.command(name="form-groups")
def form_groups(
    people: Annotated[
        Path,
        typer.Argument(
            exists=True,
            dir_okay=False,
            readable=True,
            help="Person documents, one JSON object a line",
        ),
    ],
    size: Annotated[
        str, typer.Option(metavar="FEWEST-MOST", help="How many people a group has")
    ] = "4-10",
    seed: Annotated[int, typer.Option(min=0, help="The same seed forms the same groups")] = 0,
) -> None:
    """Propose groups of people who wait, with the reasons, and say who is left over and why."""
    from matching import documents, grouping

    least, dash, most = size.partition("-")
    if not (dash and least.isdecimal() and most.isdecimal()):
        raise typer.BadParameter("write the fewest and the most, like 4-10", param_hint="--size")
    with people.open(encoding="utf-8", errors="surrogateescape") as lines:
        waiting = list(documents.read_jsonl(lines))
    found = grouping.propose(waiting, least=int(least), most=int(most), seed=seed)
    typer.echo(json.dumps(found.as_json(), ensure_ascii=False))


@app.command()
def screen(
    file: Annotated[
        Path | None,
        typer.Argument(
            exists=True,
            dir_okay=False,
            readable=True,
            help='JSON lines {"id", "text", "recent"?}; without one, standard input',
        ),
    ] = None,
) -> None:
    """Say for each text what screening would do with it, and why: one JSON object a line.

    A line that can't be read is told by its number, beside the answers; the others go on.
    """
    from beenthere import screen_lines

    if screen_lines.run(file):
        raise typer.Exit(1)


@app.command(name="train-screening")
def train_screening(
    data: Annotated[
        Path, typer.Option(exists=True, file_okay=False, help="A folder of public data")
    ],
    into: Annotated[Path, typer.Option(file_okay=False, help="Where the model goes")] = Path(
        "model"
    ),
) -> None:
    """Learn anew what screening is sure of, from the shipped examples and public data."""
    from beenthere import train_screening as learning

    typer.echo(learning.run(data, into))


@app.command()
def schema(kind: Annotated[str, typer.Argument(help="person or group")] = "person") -> None:
    """Print the JSON Schema of a document."""
    from matching import documents

    models: dict[str, type[documents.Document]] = {
        "person": documents.Person,
        "group": documents.GroupDocument,
    }
    if kind not in models:
        raise typer.BadParameter(f"there is no schema of that name; there are: {', '.join(models)}")
    typer.echo(json.dumps(models[kind].model_json_schema(), indent=2, ensure_ascii=False))


@app.command()
def doctor() -> None:
    """Look whether this installation is ready for people; exit 1 when something must be done."""
    from beenthere import checks

    findings = asyncio.run(checks.everything())
    for finding in findings:
        typer.echo(f"{finding.mark}  {finding.what}: {finding.words}")
    if any(finding.must_be_done for finding in findings):
        raise typer.Exit(1)


@app.command()
def backup(target: Path) -> None:
    """Copy the whole SQLite database into a new file, also while people write."""
    from beenthere import backups
    from core.settings import Settings

    backups.backup(Settings(), target)
    typer.echo(f"Everything is in {target}. Its words open only with your secret and keys: keep")
    typer.echo("those in another place.")


@app.command()
def restore(source: Path) -> None:
    """Put a backup in the place of the SQLite database; what was there is kept beside it."""
    from beenthere import backups
    from core.clock import utc_now
    from core.settings import Settings

    done = asyncio.run(backups.restore(Settings(), source, now=utc_now()))
    typer.echo("Everything is as it was when the backup was made: also who may sign in, who is")
    typer.echo("shut out, and what was agreed to. Open pages will read anew.")
    if done.erased is None:
        typer.echo("Nobody can know who was erased since: if you do, erase them again.")
    elif done.erased:
        typer.echo(f"Erased again, since they had been erased after the backup: {done.erased}.")
    if done.kept is not None:
        typer.echo(f"What was there is in {done.kept}: delete it when you are sure.")


@audit_app.command()
def verify() -> None:
    """Walk every chain from its beginning; exit 1 when one no longer holds."""
    from beenthere import checks

    broken = asyncio.run(checks.verify_audit())
    for line in broken:
        typer.echo(line, err=True)
    if broken:
        raise typer.Exit(1)
    typer.echo("Every entry of every chain holds.")


def run() -> None:
    """Run the program; a fault somebody can mend is one sentence, not a traceback."""
    from beenthere import logs

    logs.configure()
    try:
        app()
    except Exception as fault:  # what nobody foresaw is raised again
        from beenthere import faults

        explained = faults.explain(fault)
        if explained is None:
            raise
        sentence, number = explained
        typer.echo(sentence, err=True)
        sys.exit(number)


if __name__ == "__main__":
    run()
