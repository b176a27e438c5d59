"""What is known of a run that is going on, and what people say of it.

Owns the facts and the words. Refuses to own what the run logs.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from hozon.model.metadata import check_description
from hozon.model.runs import Run as RunRecord
from hozon.model.runs import RunDetails, RunState, check_label
from hozon.model.tags import check_tags
from hozon.sdk.journal import Journal


class RunFacts:
    """What is known of a run, and what people say of it."""

    _record: RunRecord
    _journal: Journal
    _details: RunDetails
    _state: RunState
    _exit_code: int | None
    _resumed: bool
    _folder: Path

    @property
    def id(self) -> str:
        """The run's name within its project."""
        return self._record.id

    @property
    def entity(self) -> str:
        """The owner of the project."""
        return self._record.at.entity

    @property
    def project(self) -> str:
        """The project."""
        return self._record.at.project

    @property
    def path(self) -> str:
        """The full path, `entity/project/run_id`."""
        return str(self._record.path)

    @property
    def job_type(self) -> str | None:
        """What kind of work it does, such as `train`; None for none."""
        return self._record.job_type

    @property
    def sweep_id(self) -> str | None:
        """The sweep that it belongs to; None for none.

        Examples:
            A run that begins in the function of an agent belongs to the sweep.

            ```python
            import hozon


            def train() -> None:
                with hozon.init() as run:
                    print(run.sweep_id, run.config)
                    #> depth-search {'depth': 2}
                print(run.state)
                #> finished


            parameters = {"depth": {"values": [2, 4]}}
            metric = {"name": "accuracy", "goal": "maximize"}
            sweep_id = hozon.sweep(
                {"method": "grid", "metric": metric, "parameters": parameters},
                id="depth-search",
            )
            hozon.agent(sweep_id, train, count=1)
            ```
        """
        return self._record.sweep_id

    @property
    def state(self) -> str:
        """`running`, `finished`, `failed` or `killed`."""
        return str(self._state)

    @property
    def exit_code(self) -> int | None:
        """With which exit code it ended, 0 for well; None while it is running.

        Examples:
            An interruption counts as the shell counts it.

            ```python
            import hozon

            try:
                with hozon.init(id="stopped-by-hand") as run:
                    raise KeyboardInterrupt
            except KeyboardInterrupt:
                print(run.state, run.exit_code)
                #> killed 130
            ```
        """
        return self._exit_code

    @property
    def resumed(self) -> bool:
        """Whether the run was there before and goes on.

        Examples:
            Load a checkpoint only if there may be one.

            ```python
            import hozon

            with hozon.init(id="train-model", resume="allow") as run:
                print(run.resumed, run.step, run.summary)
                #> True 2 {'loss': 0.42}
            print(hozon.Api().run("train-model").state)
            #> finished
            ```
        """
        return self._resumed

    @property
    def name(self) -> str:
        """What to call it: the id, unless a name was given. What is set is stored at once.

        Raises:
            InputError: The name is no line of 1 to 128 characters.

        Examples:
            Give a run a name once it is known what it does.

            ```python
            import hozon

            with hozon.init(id="try-7", group="depth", tags=["first try"]) as run:
                print(run.group)
                #> depth
                run.name = "Two layers, no dropout"
                run.notes = "Converges slowly."
                run.tags = [*run.tags, "slow"]
            recorded = hozon.Api().run("try-7")
            print(recorded.name, recorded.tags, recorded.notes)
            #> Two layers, no dropout ['first try', 'slow'] Converges slowly.
            print(recorded.state)
            #> finished
            ```
        """
        return self._details.name or self.id

    @name.setter
    def name(self, name: str | None) -> None:
        self._describe(replace(self._details, name=check_label(name, what="name")))

    @property
    def group(self) -> str | None:
        """The name that runs which belong together share; None for none."""
        return self._details.group

    @property
    def tags(self) -> list[str]:
        """Its labels, sorted; a copy. What is set is stored at once.

        Raises:
            InvalidTagError: A tag breaks the rules.
        """
        return list(self._details.tags)

    @tags.setter
    def tags(self, tags: Sequence[str]) -> None:
        self._describe(replace(self._details, tags=tuple(check_tags(tags))))

    @property
    def notes(self) -> str | None:
        """A note for people; None for none. What is set is stored at once.

        Raises:
            InvalidMetadataError: It is no text.
        """
        return self._details.notes

    @notes.setter
    def notes(self, notes: str | None) -> None:
        self._describe(replace(self._details, notes=check_description(notes, what="note")))

    @property
    def dir(self) -> str:
        """The folder of the work: by default the one in which the program was when it began.

        Examples:
            Let one folder hold whatever the run brings.

            ```python
            import hozon

            with hozon.init(dir="work") as run:
                dataset = run.use_artifact("mnist:v0")
                print(run.dir, dataset.download())
                #> work work/artifacts/mnist-v0
            print(run.state)
            #> finished
            ```
        """
        return str(self._folder)

    def _describe(self, details: RunDetails) -> None:
        """Store what is said, and only then show it."""
        self._journal.describe(details)
        self._details = details
