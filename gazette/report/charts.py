"""The charts of the first page: what they look like, and the library that draws them, shipped with the site.

Gives scripts. The specifications are Vega-Altair's; their data come from the page, filtered there. The library runs
without `eval`, so that the page may forbid it.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import altair as alt
import vl_convert

from gazette.report.literals import write_literal

CLOSED, UP, DOWN = "closed", "up", "down"  # the interval of a figure: both ends, or one
POINTS = "points"
OVER_TIME = "rates"
BY_KIND = ("investment", "finance", "headcounts")
WRITE_SCALED = (
    "datum.value >= 1e12 ? format(datum.value / 1e12, '~g') + scales[3] : datum.value >= 1e8 ? "
    "format(datum.value / scales[0], '~g') + scales[1] : datum.value >= 1e4 ? "
    "format(datum.value / 1e4, '~g') + scales[2] : format(datum.value, '~g')"
)
# A bundle's own names are global where it is loaded as a script; in a function they stay to themselves.
EXPORTS = "window.vegaEmbed = vegaEmbed;"


@cache
def write_scripts() -> dict[str, str]:
    """Assets by file name: the library, the specifications, and whose the library is."""
    bundle = vl_convert.javascript_bundle(EXPORTS)
    specs: dict[str, Any] = {OVER_TIME: _build_over_time().to_dict()}
    specs |= {name: _build_by_kind().to_dict() for name in BY_KIND}
    specs["trend"] = _build_trend().to_dict()
    return {
        "vega.js": f"(() => {{\n{bundle}\n}})();\n",
        "specs.js": f"gazette.specs = {write_literal(specs)};\n",
    }


def _build_over_time() -> Any:
    """Rates by day; a line is the interval that an approximate one stands for."""
    x = alt.X("as_of:T", title=None, axis=alt.Axis(labelOverlap=True, format="%Y-%m-%d", tickCount=6))
    base = alt.Chart(alt.NamedData(POINTS)).encode(x=x, color=_color())
    interval = base.transform_filter("datum.low2 < datum.high2").mark_rule(
        strokeWidth=4, opacity=0.45, strokeCap="round"
    )
    interval = interval.encode(y=alt.Y("low2:Q"), y2="high2:Q")
    y = alt.Y(
        "value:Q",
        title=None,
        scale=alt.Scale(zero=False, nice=True),
        axis=alt.Axis(labelExpr="datum.value + '%'"),
    )
    points = base.mark_point(size=70, opacity=0.95, strokeWidth=2, cursor="pointer").encode(
        y=y, shape=_shape("triangle-up", "triangle-down"), fillOpacity=_filled(), fill=_fill()
    )
    return _finish(alt.layer(interval, points), height=260)


def _build_by_kind() -> Any:
    """Amounts, one row of marks a kind; the scale is logarithmic, for a loan and a plan differ by millions."""
    order = alt.EncodingSortField("order")
    y = alt.Y("category:N", title=None, sort=order, axis=alt.Axis(labelLimit=140, grid=True))
    axis = alt.Axis(labelExpr=WRITE_SCALED, labelOverlap=True, tickCount=6)
    base = alt.Chart(alt.NamedData(POINTS)).encode(y=y, color=_color(legend=False))
    interval = base.transform_filter("datum.low2 < datum.high2").mark_rule(
        strokeWidth=4, opacity=0.45, strokeCap="round"
    )
    interval = interval.encode(x=alt.X("low2:Q", scale=alt.Scale(type="log")), x2="high2:Q")
    points = base.mark_point(size=70, opacity=0.95, strokeWidth=2, cursor="pointer").encode(
        x=alt.X("value:Q", title=None, scale=alt.Scale(type="log"), axis=axis),
        shape=_shape("triangle-right", "triangle-left"),
        fillOpacity=_filled(),
        fill=_fill(legend=False),
    )
    return _finish(alt.layer(interval, points), height=200)


def _build_trend() -> Any:
    """What runs came to, one after another: a line a measure."""
    base = alt.Chart(alt.NamedData(POINTS)).encode(
        x=alt.X("run:O", title=None, sort=None, axis=alt.Axis(labelAngle=0, labelOverlap=True)),
        y=alt.Y("value:Q", title=None, axis=alt.Axis(labelExpr="datum.value + unit"), scale=alt.Scale(nice=True)),
        color=_color(),
    )
    line, points = base.mark_line(strokeWidth=2), base.mark_point(size=60, filled=True, opacity=1)
    chart = alt.layer(line, points).properties(width="container", height=180)
    fitted = chart.properties(autosize=alt.AutoSizeParams(type="fit-x", contains="padding"))
    return fitted.add_params(alt.param(name="unit", value=""))


def _color(legend: bool = True) -> alt.Color:
    shown = alt.Legend(title=None, orient="top", symbolType="circle") if legend else None
    return alt.Color("category:N", sort=alt.EncodingSortField("order"), legend=shown)


def _fill(legend: bool = True) -> alt.Fill:
    return alt.Fill("category:N", sort=alt.EncodingSortField("order"), legend=None)


def _filled() -> Any:
    """What is planned is hollow."""
    return alt.condition("datum.modality === 'planned'", alt.value(0.0), alt.value(0.75))


def _shape(up: str, down: str) -> alt.Shape:
    scale = alt.Scale(domain=[CLOSED, UP, DOWN], range=["circle", up, down])
    return alt.Shape("end:N", scale=scale, legend=None)


def _finish(chart: Any, height: Any) -> Any:
    scales = alt.param(name="scales", value=[1e8, "亿", "万", "万亿"])
    sized = chart.properties(
        width="container", height=height, autosize=alt.AutoSizeParams(type="fit-x", contains="padding")
    )
    return sized.add_params(scales)
