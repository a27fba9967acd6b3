#include "base/test.h"
#include "web/svg.h"

#include <math.h>
#include <string.h>

static const double none = NAN;

/* How often piece occurs in s. */
static size_t times(const char *s, const char *piece)
{
    size_t n = 0;

    for (const char *p = s; (p = strstr(p, piece)) != NULL; p += strlen(piece))
        n++;
    return n;
}

/* What the pages' security policy forbids, and what would break a page. */
static void check_clean(const char *svg)
{
    CHECK(!strstr(svg, "style="));
    CHECK(!strstr(svg, "<script"));
    CHECK(!strstr(svg, "nan"));
    CHECK(!strstr(svg, "inf"));
    CHECK_INT(times(svg, "<svg"), 1);
    CHECK_INT(times(svg, "</svg>"), 1);
}

static void scale_has_round_ends_around_all_values(void)
{
    static const struct {
        double v[4];
        size_t n;
        double span, min, max;
    } cases[] = {
        { { 64.8, 84.2, 70, 71 }, 4, 5, 60, 85 },
        { { 0, 100 }, 2, 1, 0, 100 },
        { { 75.1, 75.1 }, 2, 5, 72, 78 },
        { { -0.7, 1.9 }, 2, 0, -1, 2 },
        { { 0 }, 0, 5, 0, 1 },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct svg_scale s = svg_scale_of(cases[i].v, cases[i].n, cases[i].span);
        CHECK_REAL(s.min, cases[i].min, 1e-12);
        CHECK_REAL(s.max, cases[i].max, 1e-12);
    }
    double holes[] = { none, 10, INFINITY, 20 };
    struct svg_scale s = svg_scale_of(holes, COUNT(holes), 1);
    CHECK_REAL(s.min, 10, 1e-12);
    CHECK_REAL(s.max, 20, 1e-12);
}

static void ticks_are_round_and_inside(void)
{
    double t[SVG_TICKS_MAX];
    struct svg_scale s = { 60, 85 };

    CHECK_INT(svg_ticks(&s, 5, t), 6);
    CHECK_REAL(t[0], 60, 1e-12);
    CHECK_REAL(t[5], 85, 1e-12);
    s = (struct svg_scale){ -1.2, 2.3 };
    size_t n = svg_ticks(&s, 4, t);
    CHECK_INT(n, 4);
    CHECK_REAL(t[0], -1, 1e-12);
    CHECK_REAL(t[1], 0, 0);
    CHECK_REAL(t[3], 2, 1e-12);
    s = (struct svg_scale){ 0, 1 };
    CHECK(svg_ticks(&s, 1000, t) <= SVG_TICKS_MAX);
}

static void bands_are_fixed_and_missing_is_none(void)
{
    static const double cuts[] = { 66, 69, 72, 75 };
    static const struct {
        double v;
        int band;
    } cases[] = { { 64.8, 1 }, { 65.999, 1 }, { 66, 2 },  { 68.9, 2 },
                  { 72, 4 },   { 75, 5 },     { 100, 5 }, { -3, 1 } };
    for (size_t i = 0; i < COUNT(cases); i++)
        CHECK_INT(svg_band(cases[i].v, cuts, COUNT(cuts)), cases[i].band);
    CHECK_INT(svg_band(none, cuts, COUNT(cuts)), 0);
    CHECK_INT(svg_band(5, NULL, 0), 1);
}

static void bar_starts_at_zero_and_carries_its_whisker(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct svg_scale s = { 0, 100 };
    struct str b;

    str_init(&b, a);
    svg_bar_cell(&b, &s, 78.4, 77.6, 79.2, 75.3, false);
    check_clean(b.s);
    CHECK(strstr(b.s, "<rect class=\"bar\" x=\"0%\" y=\"3\" width=\"78.4%\" height=\"14\"/>"));
    CHECK(strstr(b.s, "<line class=\"iv\" x1=\"77.6%\" y1=\"10\" x2=\"79.2%\" y2=\"10\"/>"));
    CHECK(strstr(b.s, "<line class=\"ref\" x1=\"75.3%\""));
    CHECK(strstr(b.s, "aria-hidden=\"true\""));
    CHECK_INT(times(b.s, "class=\"iv\""), 3);

    str_reset(&b);
    svg_bar_cell(&b, &s, none, none, none, none, true);
    check_clean(b.s);
    CHECK(!strstr(b.s, "<rect"));
    CHECK(!strstr(b.s, "class=\"iv\""));

    str_reset(&b);
    svg_bar_cell(&b, &s, 50, none, 60, none, true); /* half an interval is none */
    CHECK(strstr(b.s, "bar me"));
    CHECK(!strstr(b.s, "class=\"iv\""));
}

static void cells_keep_what_lies_outside_at_the_edge(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct svg_scale s = { 60, 80 };
    struct str b;

    str_init(&b, a);
    svg_interval_cell(&b, &s, 85, 55, 90, 70);
    check_clean(b.s);
    CHECK(strstr(b.s, "<circle class=\"dot\" cx=\"100%\""));
    CHECK(strstr(b.s, "<line class=\"iv\" x1=\"0%\" y1=\"10\" x2=\"100%\" y2=\"10\"/>"));
    CHECK(strstr(b.s, "<line class=\"ref\" x1=\"50%\""));

    static const double group[] = { 61, 70, 79 };
    str_reset(&b);
    svg_dots_cell(&b, &s, group, COUNT(group), 70);
    check_clean(b.s);
    CHECK_INT(times(b.s, "<circle"), 3);
}

static void change_goes_right_when_up_and_left_when_down(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct str b;

    str_init(&b, a);
    svg_change_cell(&b, 5, 10);
    check_clean(b.s);
    CHECK(strstr(b.s, "<rect class=\"bar up\" x=\"50%\" y=\"2\" width=\"25%\""));
    str_reset(&b);
    svg_change_cell(&b, -10, 10);
    CHECK(strstr(b.s, "<rect class=\"bar dn\" x=\"0%\" y=\"2\" width=\"50%\""));
    str_reset(&b);
    svg_change_cell(&b, -40, 10);
    CHECK(strstr(b.s, "x=\"0%\" y=\"2\" width=\"50%\""));
    str_reset(&b);
    svg_change_cell(&b, none, 10);
    CHECK(!strstr(b.s, "<rect"));
    str_reset(&b);
    svg_change_cell(&b, 3, 0);
    CHECK(!strstr(b.s, "<rect"));
    check_clean(b.s);
}

static void waterfall_steps_join(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct svg_scale s = { 0, 2 };
    struct str b;

    str_init(&b, a);
    svg_step_cell(&b, &s, 0, 1.9, SVG_STEP, true);
    check_clean(b.s);
    CHECK(strstr(b.s, "<rect class=\"bar up\" x=\"0%\" y=\"8\" width=\"95%\""));
    CHECK(strstr(b.s, "<line class=\"ref\" x1=\"95%\" y1=\"28\" x2=\"95%\" y2=\"36\"/>"));

    str_reset(&b);
    svg_step_cell(&b, &s, 1.9, 1.9, SVG_STEP, true); /* no change is a line, not nothing */
    CHECK(strstr(b.s, "<line class=\"iv\" x1=\"95%\""));

    str_reset(&b);
    svg_step_cell(&b, &s, 1.9, 1.6, SVG_STEP, true);
    CHECK(strstr(b.s, "<rect class=\"bar dn\" x=\"80%\" y=\"8\" width=\"15%\""));

    str_reset(&b);
    svg_step_cell(&b, &(struct svg_scale){ -2, 0 }, 0, -1.2, SVG_STEP_TOTAL, false);
    CHECK(strstr(b.s, "<rect class=\"bar dn\" x=\"40%\""));

    str_reset(&b);
    svg_step_cell(&b, &s, 0, 1.2, SVG_STEP_TOTAL, false);
    CHECK(strstr(b.s, "<rect class=\"bar me\" x=\"0%\" y=\"8\" width=\"60%\""));
    CHECK(strstr(b.s, "<line class=\"ref\" x1=\"60%\" y1=\"0\" x2=\"60%\" y2=\"8\"/>"));
    CHECK(!strstr(b.s, "y1=\"28\"")); /* nothing leads down from the last row */
}

static void spark_leaves_a_gap_where_a_period_is_missing(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct svg_scale s = { 70, 80 };
    static const double v[] = { 71, none, 73, 75 };
    struct str b;

    str_init(&b, a);
    svg_spark(&b, &s, v, COUNT(v));
    check_clean(b.s);
    CHECK_INT(times(b.s, "<circle"), 3);
    CHECK_INT(times(b.s, "class=\"dot\""), 1);
    CHECK_INT(times(b.s, "class=\"ln\""), 1);
    str_reset(&b);
    svg_spark(&b, &s, v, 0);
    check_clean(b.s);
}

static void axis_writes_its_steps(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct str b;

    str_init(&b, a);
    svg_axis(&b, &(struct svg_scale){ 0, 100 }, 4);
    CHECK_STR(b.s,
              "<span class=\"axis\" "
              "aria-hidden=\"true\"><span>0</span><span>25</span><span>50</span><span>75</span>"
              "<span>100</span></span>");
    str_reset(&b);
    svg_axis(&b, &(struct svg_scale){ -2.5, 0 }, 4); /* 0.625 is no step for people */
    CHECK_INT(times(b.s, "<span>"), 6);
    CHECK(strstr(b.s, "<span>\u22120.5</span><span>0</span>"));
    str_reset(&b);
    svg_axis(&b, &(struct svg_scale){ 65, 85 }, 0);
    CHECK_INT(times(b.s, "<span>"), 5);
    str_reset(&b);
    svg_axis(&b, &(struct svg_scale){ -1, 1 }, 2);
    CHECK(strstr(b.s, "<span>\u22121</span><span>0</span><span>1</span>"));
}

static void strip_marks_the_unit_and_those_like_it(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    static const struct svg_strip_unit units[] = {
        { "甲", 70, false },   { "乙", 78, true },    { "财政局", 78.4, true },
        { "丙", none, false }, { "丁", 84.2, false },
    };
    struct svg_strip strip = {
        .label = "得分分布: <b>&",
        .own_name = "财政局\"",
        .own = 78.4,
        .lo = 77.6,
        .hi = 79.2,
        .units = units,
        .n = COUNT(units),
    };
    struct str b;

    str_init(&b, a);
    svg_strip(&b, &strip);
    check_clean(b.s);
    CHECK_INT(times(b.s, "class=\"tick in\""), 2);
    CHECK_INT(times(b.s, "class=\"tick\""), 2);
    CHECK_INT(times(b.s, "class=\"band\""), 1);
    CHECK(strstr(b.s, "role=\"img\" aria-label=\"得分分布: &lt;b&gt;&amp;\""));
    CHECK(strstr(b.s, "财政局&quot; 78.4</text>") || strstr(b.s, "财政局&#34; 78.4</text>"));
    CHECK(!strstr(b.s, "<b>"));

    str_reset(&b);
    svg_strip(&b, &(struct svg_strip){ .label = "空", .own = none, .lo = none, .hi = none });
    check_clean(b.s);
    CHECK(!strstr(b.s, "<circle"));
    CHECK(!strstr(b.s, "class=\"band\""));
}

static void trend_draws_intervals_gaps_and_few_names(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct svg_trend_point many[20];
    struct str b;

    for (size_t i = 0; i < COUNT(many); i++)
        many[i] = (struct svg_trend_point){
            .name = "期", .v = 70 + (double)i / 4, .lo = none, .hi = none
        };
    str_init(&b, a);
    svg_trend(&b, &(struct svg_trend){ .label = "趋势", .points = many, .n = COUNT(many) });
    check_clean(b.s);
    CHECK_INT(times(b.s, "class=\"ln\""), 19);
    CHECK(times(b.s, ">期</text>") <= 6);
    CHECK_INT(times(b.s, "class=\"b\""), 1); /* only the last value is written */

    static const struct svg_trend_point three[] = {
        { "一季度", 73.8, 72.9, 74.7 },
        { "二季度", none, none, none },
        { "三季度", 75.1, 74.3, 75.9 },
    };
    str_reset(&b);
    svg_trend(&b, &(struct svg_trend){ .label = "趋势", .points = three, .n = COUNT(three) });
    check_clean(b.s);
    CHECK_INT(times(b.s, "class=\"ln\""), 0);
    CHECK_INT(times(b.s, "class=\"iv\""), 2);
    CHECK_INT(times(b.s, "季度</text>"), 3);
    CHECK(strstr(b.s, ">75.1</text>"));
    CHECK(strstr(b.s, ">73.8</text>"));

    str_reset(&b);
    static const struct svg_trend_point counts[] = { { "甲", 38, NAN, NAN },
                                                     { "乙", 43, NAN, NAN } };
    svg_trend(&b, &(struct svg_trend){ .label = "数",
                                       .points = counts,
                                       .n = COUNT(counts),
                                       .values = true,
                                       .ref_name = "界线<40",
                                       .ref = 40 });
    check_clean(b.s);
    CHECK(strstr(b.s, ">43</text>"));
    CHECK_INT(times(b.s, "class=\"ref\""), 1);
    CHECK(strstr(b.s, ">界线&lt;40</text>"));

    str_reset(&b);
    svg_trend(&b, &(struct svg_trend){ .label = "空" });
    check_clean(b.s);
}

T_MAIN({ "a scale has round ends around all values", scale_has_round_ends_around_all_values },
       { "ticks are round and inside the scale", ticks_are_round_and_inside },
       { "bands of a map are fixed values and missing is none",
         bands_are_fixed_and_missing_is_none },
       { "a bar starts at zero and carries its whisker",
         bar_starts_at_zero_and_carries_its_whisker },
       { "cells keep what lies outside at the edge", cells_keep_what_lies_outside_at_the_edge },
       { "a change goes right when up and left when down",
         change_goes_right_when_up_and_left_when_down },
       { "steps of a waterfall join", waterfall_steps_join },
       { "a spark leaves a gap where a period is missing",
         spark_leaves_a_gap_where_a_period_is_missing },
       { "an axis writes its steps", axis_writes_its_steps },
       { "a strip marks the unit and those like it", strip_marks_the_unit_and_those_like_it },
       { "a trend draws intervals, gaps and few names",
         trend_draws_intervals_gaps_and_few_names })
