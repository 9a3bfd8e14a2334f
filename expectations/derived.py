"""The columns that rules compare with, worked out before a gate runs.

Takes the frames of a batch as the stages and the publisher build them; gives the same rows with further columns: what
stands at a mention's place, the whole's count beside the part's, the rate that counts give. Rules in the TOML files use
them; they are never published. Everything here but the look at a figure's place works on whole columns.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

import polars as pl

from gazette.tables import MEASURE_UNITS, RECORD_TABLES, TABLES

Frames = Mapping[str, pl.DataFrame]

# rate, count and total of the tables that print all three
SHARES = {
    "projects": ("resumption_rate", "project_count", "total_count"),
    "enterprises": ("resumption_rate", "enterprise_count", "total_count"),
    "labor": ("labor_rate", "headcount", "total_headcount"),
}
BLANKS = r"\s+"
BLANKS_AND_ZERO_WIDTH = r"[\s\x{200b}\x{feff}]+"
DIGIT_GROUP = "[0-9０-９]+(?:[.．,，][0-9０-９]+)*"
NUMERAL_GROUP = f"{DIGIT_GROUP}|[零〇○一二三四五六七八九十百千万亿两半几数]+"
SAME = 1e-9  # relative; both sides are floats of one decimal figure


def derive_stage(frame: pl.DataFrame, region_codes: Collection[str] | None, today: date) -> pl.DataFrame:
    """A stage's frame with `region_known`, `issue_year` and `days_ahead`, as far as it has what they need."""
    if "region_code" in frame.columns:
        frame = _with_region_known(frame, region_codes)
    if "issue_date" in frame.columns:
        frame = frame.with_columns(
            issue_year=pl.col("issue_date").dt.year(),
            days_ahead=(pl.col("issue_date") - pl.lit(today)).dt.total_days(),
        )
    return frame


def derive_table(name: str, frames: Frames, issues: pl.DataFrame, region_codes: Collection[str] | None) -> pl.DataFrame:
    """One of the tables of a batch with the columns that its rules name."""
    if name == "mentions":
        return derive_mentions(frames)
    if name == "texts":
        return derive_texts(frames, issues)
    return derive_records(name, frames, region_codes)


def derive_records(table: str, frames: Frames, region_codes: Collection[str] | None) -> pl.DataFrame:
    """A record table with what its rules compare: text length, parent, whole and parts, printed figures, rate."""
    records = _with_region_known(frames[table], region_codes)
    records = records.join(_text_lengths(frames["texts"]), on="issue_id", how="left", maintain_order="left")
    records = _with_wholes_and_parts(records, table)
    records = _with_figures_not_printed(records, table, frames["mentions"])
    measures = [pl.col(measure.name).is_not_null() for measure in TABLES[table].measures]
    records = records.with_columns(
        figures_filled=pl.sum_horizontal(measures),
        years_from_issue=(pl.col("as_of") - pl.col("issue_date")).dt.total_days().truediv(365.25).round(1),
    )
    return _with_rate_from_counts(records, *SHARES[table]) if table in SHARES else records


def derive_mentions(frames: Frames) -> pl.DataFrame:
    """The mentions with what stands at their place, their neighbour's end, and what is known of their cell."""
    mentions = frames["mentions"].join(_text_lengths(frames["texts"]), on="issue_id", how="left", maintain_order="left")
    mentions = _with_text_at_place(mentions, frames["texts"])
    mentions = _with_record_known(mentions, frames)
    column_unit = _find_column_unit()
    fits = [(pl.col("unit") == unit) == (column_unit == unit) for unit in ("CNY", "percent")]
    return mentions.with_columns(
        issue_and_place=pl.format("{}-{}", pl.col("issue_id").str.slice(0, 16), pl.col("char_start")),
        end_of_previous=pl.col("char_end").shift(1).over("issue_id", order_by=["char_start", "char_end"]),
        cell_declared=column_unit.is_not_null(),
        unit_fits=pl.all_horizontal(fits),
    )


def derive_texts(frames: Frames, issues: pl.DataFrame) -> pl.DataFrame:
    """One row an issue of the batch, with its text (null where it has none), how many numbers it holds and what was
    read of them."""
    mentions = frames["mentions"].group_by("issue_id").agg(mention_count=pl.len())
    texts = issues.select("issue_id").join(frames["texts"], on="issue_id", how="left", maintain_order="left")
    texts = texts.join(mentions, on="issue_id", how="left", maintain_order="left")
    return texts.with_columns(
        digit_groups=pl.col("text").str.count_matches(DIGIT_GROUP).cast(pl.Int64),
        numeral_groups=pl.col("text").str.count_matches(NUMERAL_GROUP).cast(pl.Int64),
        mention_count=pl.col("mention_count").fill_null(0).cast(pl.Int64),
    )


def derive_series(series: pl.DataFrame, region_codes: Collection[str] | None) -> pl.DataFrame:
    """The derived table with what is known of its region and its column, and how many statements it lists."""
    return _with_region_known(series, region_codes).with_columns(
        issue_id=pl.lit(None, pl.String),  # a row tells of many issues
        column_unit=_find_column_unit(),
        statements_listed=pl.col("statements").str.count_matches('"record_id"').cast(pl.Int64),
    )


def _find_column_unit() -> pl.Expr:
    """The unit of the cell that `table` and `column` name, empty where it has none; null where no such cell is
    declared."""
    units = {f"{table}.{column}": unit or "" for (table, column), unit in MEASURE_UNITS.items()}
    return pl.concat_str("table", "column", separator=".").replace_strict(units, default=None, return_dtype=pl.String)


def _with_region_known(frame: pl.DataFrame, region_codes: Collection[str] | None) -> pl.DataFrame:
    """`region_known`: null, and so unchecked, where no set of codes is given."""
    known = pl.lit(None, pl.Boolean) if region_codes is None else pl.col("region_code").is_in(list(region_codes))
    return frame.with_columns(region_known=known)


def _text_lengths(texts: pl.DataFrame) -> pl.DataFrame:
    return texts.unique("issue_id", keep="first").select("issue_id", text_length=pl.col("text").str.len_chars())


def _with_wholes_and_parts(records: pl.DataFrame, table: str) -> pl.DataFrame:
    """`parent_known`; for each measure `<m>_of_whole_high`, the parent's upper end, and `<m>_of_parts_low`, the sum of
    the children's lower ends."""
    names = [measure.name for measure in TABLES[table].measures]
    wholes = records.unique(["issue_id", "record_id"], keep="first").select(
        "issue_id",
        pl.col("record_id").alias("parent_id"),
        *(pl.col(f"{name}_high").alias(f"{name}_of_whole_high") for name in names),
        parent_known=pl.lit(True),
    )
    sums = [
        pl.when(pl.col(f"{name}_low").is_not_null().any())
        .then(pl.col(f"{name}_low").sum())
        .alias(f"{name}_of_parts_low")
        for name in names
    ]
    parts = records.filter(pl.col("parent_id").is_not_null()).group_by("issue_id", "parent_id").agg(sums)
    parts = parts.rename({"parent_id": "record_id"})
    joined = records.join(wholes, on=["issue_id", "parent_id"], how="left", maintain_order="left")
    joined = joined.join(parts, on=["issue_id", "record_id"], how="left", maintain_order="left")
    known = pl.when(pl.col("parent_id").is_not_null()).then(pl.col("parent_known").fill_null(False))
    return joined.with_columns(parent_known=known)


def _with_figures_not_printed(records: pl.DataFrame, table: str, mentions: pl.DataFrame) -> pl.DataFrame:
    """`figures_not_printed`: the measures whose value is that of no mention which fills the cell, joined by commas. The
    middle of a range of whole things may have been rounded (2 to 3 projects)."""
    names = [measure.name for measure in TABLES[table].measures]
    cells = records.select("record_id", *names).unpivot(names, index="record_id", variable_name="column")
    printed = mentions.filter(pl.col("table") == table).select(
        "record_id",
        "column",
        printed=pl.col("value"),
        rounding=pl.when(pl.col("qualifier") == "range").then(0.5).otherwise(0.0),
    )
    cells = cells.drop_nulls().join(printed, on=["record_id", "column"], how="left")
    slack = pl.col("rounding") + SAME * pl.max_horizontal(pl.col("value").abs(), 1.0)
    near = (pl.col("printed") - pl.col("value")).abs() <= slack
    found = cells.group_by("record_id", "column", maintain_order=True).agg(found=near.fill_null(False).any())
    unlike = found.filter(~pl.col("found")).group_by("record_id", maintain_order=True)
    listed = unlike.agg(figures_not_printed=pl.col("column").str.join(", "))
    joined = records.join(listed, on="record_id", how="left", maintain_order="left")
    return joined.with_columns(pl.col("figures_not_printed").fill_null(""))


def _with_rate_from_counts(records: pl.DataFrame, rate: str, count: str, total: str) -> pl.DataFrame:
    """`rate_from_counts_low` and `_high`: what the rate may be, given the counts, where all three are exact.

    Papers round a rate up, down or to the nearest, so it may differ by less than one unit of its last digit; counts
    printed in 万 are rounded themselves.
    """
    exact = [pl.col(f"{name}_qualifier") == "exact" for name in (rate, count, total)]
    whole, part = pl.col(total), pl.col(count)
    low = (part - _rounding(count)) / (whole + _rounding(total)) * 100 - _last_digit(rate)
    high = (part + _rounding(count)) / (whole - _rounding(total)) * 100 + _last_digit(rate)
    sure = pl.all_horizontal(exact) & (whole > _rounding(total))
    return records.with_columns(
        rate_from_counts_low=pl.when(sure).then(low),
        rate_from_counts_high=pl.when(sure).then(high),
    )


def _last_digit(rate: str) -> pl.Expr:
    """The place value of the last digit printed: 99.3 → 0.1, 99.0 → 1 (99.0% and 99% are one float)."""
    decimals = pl.col(rate).cast(pl.String).str.extract(r"\.(\d*[1-9])0*$").str.len_chars().fill_null(0)
    return pl.lit(10.0).pow(-decimals.cast(pl.Int32))


def _rounding(count: str) -> pl.Expr:
    """The place value of the last non-zero digit of a count that was printed in 万 (1.5万 → 1000), or 0."""
    zeros = pl.col(count).cast(pl.Int64, strict=False).cast(pl.String).str.extract("(0+)$").str.len_chars()
    in_wan = (pl.col(count) >= 10_000) & (zeros >= 2)
    return pl.when(in_wan).then(pl.lit(10.0).pow(zeros.cast(pl.Int32))).otherwise(0.0)


def _with_text_at_place(mentions: pl.DataFrame, texts: pl.DataFrame) -> pl.DataFrame:
    """`text_at_place`: the issue text between char_start and char_end, white space taken out; null where the place is
    none. Zero-width characters are no white space, but cleaning may take them out too."""
    whole = dict(texts.unique("issue_id", keep="first").select("issue_id", "text").iter_rows())
    places = zip(*(mentions[name].to_list() for name in ("issue_id", "char_start", "char_end")), strict=True)
    span = pl.Series([_cut(whole.get(issue_id), start, end) for issue_id, start, end in places], dtype=pl.String)
    as_read = ((mentions["text"] == span) & ~span.str.contains(BLANKS)).fill_null(False)
    odd = pl.DataFrame({"text": mentions["text"], "span": span}).filter(~as_read).select(text_at_place=_squeeze())
    return mentions.with_columns(text_at_place=span.scatter(as_read.not_().arg_true(), odd["text_at_place"]))


def _squeeze() -> pl.Expr:
    """The column `span` without its white space; without zero-width characters too where only then it is the column
    `text`."""
    shown, bare = (pl.col("span").str.replace_all(blanks, "") for blanks in (BLANKS, BLANKS_AND_ZERO_WIDTH))
    return pl.when(pl.col("text") == bare).then(bare).otherwise(shown)


def _cut(text: str | None, start: int | None, end: int | None) -> str | None:
    """Python finds a code point at once; columns of text are UTF-8, and count from the start."""
    if text is None or start is None or end is None or not 0 <= start < end <= len(text):
        return None
    return text[start:end]


def _with_record_known(mentions: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """`record_known`: null where no record is named, or where its row is in quarantine already."""
    keys = ["issue_id", "table", "record_id"]
    named = [frames[name].select("issue_id", "record_id", table=pl.lit(name)) for name in RECORD_TABLES]
    known = pl.concat([frame.select(keys) for frame in named]).unique().with_columns(record_known=pl.lit(True))
    joined = mentions.join(known, on=keys, how="left", maintain_order="left")
    asked = pl.col("record_id").is_not_null() & (pl.col("reason").fill_null("") != "rejected")
    return joined.with_columns(record_known=pl.when(asked).then(pl.col("record_known").fill_null(False)))
