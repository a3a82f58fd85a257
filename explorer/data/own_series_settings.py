"""Which own series, how it is prepared, and how it is cut.

The stored column stays as it was given, gaps and all; the settings say what becomes of
it, in the order in which they stand.
"""

from explorer.config.settings import Settings, setting
from explorer.data import prepare
from explorer.data.fields import digest_field, validation_field, window_field
from explorer.errors import N_


class OwnSeriesSettings(Settings):
    """Which series, how it is prepared, and how it is cut."""

    digest: str = digest_field(
        N_("The fingerprint of the uploaded values; it is filled in for you.")
    )
    missing: prepare.Missing = setting(
        "forward",
        N_(
            "What becomes of rows without a value. Where the last value is repeated or "
            "a line is drawn, what the model is asked for is filled as well, and it is "
            "judged by it. With a mask the model is given the last value and told that "
            "it is old, and is never judged there."
        ),
        title=N_("Missing values"),
        more=True,
        choices={
            "forward": N_("repeat the last value"),
            "drop": N_("leave the row out"),
            "linear": N_("draw a line across"),
            "mask": N_("tell the model (mask)"),
        },
    )
    outliers: prepare.Outliers = setting(
        "none",
        N_(
            "Values further out than the training part's bounds are moved to the "
            "nearest bound, so that one spike does not rule the loss."
        ),
        title=N_("Outliers"),
        more=True,
        choices={
            "none": N_("keep"),
            "iqr": N_("clip by quartiles (IQR)"),
            "zscore": N_("clip by z-score"),
        },
    )
    reach: float = setting(
        3.0,
        N_(
            "Where outliers begin: so many interquartile ranges beyond the quartiles, "
            "or so many standard deviations from the mean."
        ),
        title=N_("Bounds of outliers"),
        more=True,
        ge=0.5,
        le=10.0,
        step=0.5,
        when={"outliers": ("iqr", "zscore")},
    )
    resample: prepare.Resample = setting(
        "none",
        N_(
            "Fewer rows, so that a window reaches further back: one of every n, the "
            "mean of every n, or the mean of each span of time."
        ),
        title=N_("Resampling"),
        more=True,
        choices={
            "none": N_("every row"),
            "nth": N_("one of every n"),
            "mean": N_("mean of every n"),
            "time": N_("mean of each span of time"),
        },
    )
    every: int = setting(
        10,
        N_("How many rows become one."),
        title=N_("Rows that become one (n)"),
        more=True,
        ge=2,
        le=10000,
        scale="log",
        when={"resample": ("nth", "mean")},
    )
    span: prepare.Span = setting(
        "day",
        N_("The span of time that becomes one value."),
        title=N_("Span of time"),
        more=True,
        choices={
            "minute": N_("minute"),
            "hour": N_("hour"),
            "day": N_("day"),
            "week": N_("week"),
            "month": N_("month"),
        },
        when={"resample": ("time",)},
    )
    change: prepare.Change = setting(
        "none",
        N_(
            "What the model is given and asked for: the value, or its change since the "
            "step before, which takes a trend away. Predictions are shown as values "
            "either way."
        ),
        title=N_("Changes"),
        more=True,
        choices={
            "none": N_("the values themselves"),
            "difference": N_("differences"),
            "log_return": N_("log returns"),
        },
    )
    scaling: prepare.Scaling = setting(
        "standard",
        N_(
            "The numbers that the model sees. Fitted on the training part alone; "
            "pictures keep the real units."
        ),
        title=N_("Scaling"),
        more=True,
        choices={
            "standard": N_("standard (mean 0, deviation 1)"),
            "minmax": N_("min-max (0 to 1)"),
            "none": N_("none"),
        },
    )
    beside: prepare.Beside = setting(
        "given",
        N_(
            "Columns that came along with the series: given to the model at every "
            "step, or left out, which tells whether they help; or foretold together "
            "with the series, but for those that are known in advance. Gaps in them "
            "are filled with the last value, and they are scaled like the series."
        ),
        title=N_("Other columns"),
        more=True,
        choices={
            "given": N_("given to the model"),
            "foretold": N_("foretold as well"),
            "left_out": N_("left out"),
        },
    )
    window: int = window_field(48)
    validation_share: float = validation_field()
