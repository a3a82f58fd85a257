"""The command `lessons`: which there are, and whether one holds."""

import json

import click

from explorer.cli.arguments import sentences
from explorer.lessons.base import Choose, Lesson, lesson, lessons


@click.group("lessons", invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_context
def lessons_(context: click.Context, as_json: bool) -> None:
    """Say which lessons there are, or check that one holds."""
    if context.invoked_subcommand is not None:
        return
    if as_json:
        listed = [_facts(each) for each in lessons().values()]
        click.echo(json.dumps({"lessons": listed}))
        return
    for each in lessons().values():
        click.echo(f"{each.number:>3}  {each.name:<16}{each.title}")


@lessons_.command("check")
@click.argument("name")
@click.option("--seed", default="0", show_default=True, help="Equal seeds, equal runs.")
@click.option("--json", "as_json", is_flag=True, help="The result as one JSON object.")
@sentences
def check(name: str, seed: str, as_json: bool) -> None:
    """Train a lesson's runs and say whether its answer holds."""
    chosen = lesson(name)
    chosen.configs(seed)
    # What trains takes as long again to import; it waits until name and seed are sound.
    from explorer.lessons.checking import checked, summary

    result = summary(chosen, int(seed), checked(chosen, int(seed)))
    if as_json:
        click.echo(json.dumps(result))
        return
    click.echo(chosen.question)
    for title, value in result["figures"].items():
        click.echo(f"  {title:<36}{value:.4g}")
    click.echo(f"Answer: {_in_words(chosen, result['answer'])}")
    click.echo("Holds" if result["holds"] else "Does not hold")


def _in_words(chosen: Lesson, answer: str | float) -> str:
    """An answer in words."""
    if isinstance(chosen.guess, Choose):
        return chosen.guess.choices[str(answer)]
    return f"{answer:.4g} {chosen.guess.unit}".strip()


def _facts(each: Lesson) -> dict[str, object]:
    return {
        "number": each.number,
        "name": each.name,
        "title": each.title,
        "question": each.question,
        "runs": list(each.runs),
        "open": list(each.task.opens),
        "goal": each.task.goal,
        "measure": each.task.measure or "loss",
    }
