"""The optimiser of the method `bayes`: the tree-structured Parzen estimator of Optuna.

Owns how parameters look to Optuna: a choice is one of so many positions, a number is its place
between 0 and 1, so that a distribution says how likely its values are before anything is known.
Invariant: it keeps nothing; a study is made from the trials for every proposal.
"""

import warnings
from collections.abc import Mapping, Sequence

import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.trial import FrozenTrial, TrialState, create_trial

from hozon.model.distributions import Choices, Domain, Steps
from hozon.model.metadata import JsonValue
from hozon.model.sweep_config import Goal, SweepConfig
from hozon.ports.optimizers import Trial

_FIRST_BY_CHANCE = 10


class TpeOptimizer:
    """Proposes points with Optuna; the first ten come by chance.

    A point that is being tried counts as one that did not go well, so that agents who work at once
    do not all try the same. One that failed, or has no number, is left out.
    """

    def propose(
        self, config: SweepConfig, trials: Sequence[Trial], *, seed: int
    ) -> dict[str, JsonValue]:
        """Propose a point; see `hozon.ports.optimizers.Optimizer`."""
        space = {str(at): _space(domain) for at, (_, domain) in enumerate(config.parameters)}
        with warnings.catch_warnings():
            # What Optuna says of its own plans is of no use to who runs a sweep.
            warnings.simplefilter("ignore")
            verbosity = optuna.logging.get_verbosity()
            optuna.logging.set_verbosity(optuna.logging.WARNING)
            try:
                study = optuna.create_study(
                    direction="maximize" if config.goal is Goal.MAXIMIZE else "minimize",
                    sampler=optuna.samplers.TPESampler(
                        seed=seed, constant_liar=True, n_startup_trials=_FIRST_BY_CHANCE
                    ),
                )
                study.add_trials(
                    [told for each in trials if (told := _told(config, each, space)) is not None]
                )
                chosen = study.ask(space).params
            finally:
                optuna.logging.set_verbosity(verbosity)
        return config.nest(
            [_value(domain, chosen[str(at)]) for at, (_, domain) in enumerate(config.parameters)]
        )


def _space(domain: Domain) -> BaseDistribution:
    """Describe what a parameter may be."""
    if isinstance(domain, Choices):
        if domain.weights is not None:
            return FloatDistribution(0, 1)
        return CategoricalDistribution(range(domain.count))
    if isinstance(domain, Steps):
        return IntDistribution(0, domain.count - 1)
    return FloatDistribution(0, 1)


def _value(domain: Domain, chosen: float) -> JsonValue:
    """Turn what Optuna chose into a value."""
    if isinstance(domain, Steps) or (isinstance(domain, Choices) and domain.weights is None):
        return domain.nth(int(chosen))
    return domain.draw(min(chosen, 1 - 2**-53))


def _place(domain: Domain, value: JsonValue) -> float | None:
    """Turn a value into what Optuna would have chosen; None if it never would."""
    if isinstance(domain, Choices) and domain.weights is not None:
        at = domain.place(value)
        return None if at < 0 else sum(domain.weights[:at]) + domain.weights[at] / 2
    if isinstance(domain, (Choices, Steps)):
        at = domain.place(value)
        return None if at < 0 else at
    return domain.unit(value)


def _told(
    config: SweepConfig, trial: Trial, space: Mapping[str, BaseDistribution]
) -> FrozenTrial | None:
    """Tell of a point; None for one that there is nothing to learn from."""
    if trial.score is None and not trial.is_running:
        return None
    pairs = zip(config.parameters, config.flatten(trial.values), strict=True)
    params = {str(at): _place(domain, value) for at, ((_, domain), value) in enumerate(pairs)}
    if None in params.values():
        return None
    state = TrialState.RUNNING if trial.is_running else TrialState.COMPLETE
    return create_trial(
        state=state,
        value=None if trial.is_running else trial.score,
        params=params,
        distributions=dict(space),
    )
