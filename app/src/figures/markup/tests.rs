//! Markup: what a hostile name becomes, and what the parts hold.

use loopscope_chart::{Bar, Ink, ReadOut, Stack, Table, convergence};

use super::overlay::Shown;
use super::*;

const HOSTILE: &str = "\"><script>alert('1')</script>&";

/// A chart whose every text is hostile.
fn hostile() -> AnyChart {
    let mut chart = convergence::severities(&[Some([1.0; 5])], 2);
    chart.name = HOSTILE.to_owned();
    chart.note = HOSTILE.to_owned();
    chart.slots.word = HOSTILE.to_owned();
    let bar = Bar {
        value: 1.0,
        partial: false,
    };
    chart.stacks.push(Stack {
        label: HOSTILE.to_owned(),
        ink: Ink::Series(1),
        bars: vec![Some(bar)],
    });
    chart.into()
}

#[test]
fn a_hostile_name_stays_a_text() {
    let chart = hostile();
    let read_out = chart.read_out(0, &View::UNKNOWN);
    let shown = Shown {
        place: 0.5,
        read_out,
    };
    for markup in [
        head(&chart, &[]),
        overlay::svg(&shown, (300.0, 100.0)),
        table::html(&chart.table()),
        plot(
            &chart,
            &View::UNKNOWN,
            &loopscope_chart::svg(&chart, &View::UNKNOWN),
        ),
    ] {
        let stray =
            markup.contains("<script") || markup.contains("\"\"") || markup.contains("alert('");
        assert!(!stray, "{markup}");
    }
    assert_eq!(escape("<a b='1'>&\""), "&lt;a b=&#39;1&#39;&gt;&amp;&quot;");
}

#[test]
fn nothing_needs_a_style() {
    let chart = hostile();
    assert!(!(head(&chart, &[]) + &plot(&chart, &View::UNKNOWN, "")).contains("style"));
}

#[test]
fn a_legend_says_what_was_put_away() {
    let chart: AnyChart = convergence::severities(&[Some([4.0, 3.0, 2.0, 1.0, 0.0])], 2).into();
    let legend = legend(&chart.legend(None), &["High".to_owned()]);
    assert!(
        legend
            .contains("data-series=\"1\" aria-pressed=\"false\"><i class=\"sw\"></i>High <b>3</b>")
    );
    assert_eq!(legend.matches("aria-pressed=\"true\"").count(), 3);
    let one: AnyChart = convergence::vulnerabilities(&[Some(1.0)], 2).into();
    assert!(!head(&one, &[]).contains("data-series"));
}

#[test]
fn a_read_out_is_as_wide_as_what_it_says_and_turns_at_the_end() {
    let row = |label: &str| Row {
        label: label.to_owned(),
        ink: Ink::Fix,
        square: false,
        text: "1,284".to_owned(),
    };
    let shown = |place, label| Shown {
        place,
        read_out: Some(ReadOut {
            title: "Iteration 5".to_owned(),
            rows: vec![row("Fixes"), row(label)],
            of: 38,
            flags: Vec::new(),
        }),
    };
    let narrow = overlay::svg(&shown(0.1, "Findings"), (400.0, 136.0));
    assert!(
        narrow.contains("x=\"10\" width=\"128\" height=\"88\""),
        "{narrow}"
    );
    assert!(narrow.contains("1 of 38 points"));
    let wide = overlay::svg(
        &shown(0.9, "A step with a rather long name"),
        (400.0, 136.0),
    );
    assert!(wide.contains("<rect class=\"box\" x=\"-2"), "{wide}");
    assert_eq!(
        overlay::words(shown(0.0, "Findings").read_out.as_ref().unwrap()),
        "Iteration 5: Fixes 1,284, Findings 1,284"
    );
}

#[test]
fn a_long_table_shows_its_newest_rows() {
    let rows = (0..700)
        .map(|i| vec![i.to_string(), String::new()])
        .collect();
    let headers = vec!["Iteration".to_owned(), "Findings".to_owned()];
    let html = table::html(&Table { headers, rows });
    assert_eq!(html.matches("<tr>").count(), 501);
    assert!(html.contains("<tbody><tr><th scope=\"row\">699</th><td>–</td></tr>"));
    assert!(html.contains("200 older rows"));
}

#[test]
fn a_menu_offers_what_the_chart_can() {
    let none = menu::html(loopscope_chart::Ways::default(), &[]);
    assert!(!none.contains("log") && !none.contains("smooth") && none.contains("Save as PNG"));
    let chart = hostile();
    let all = loopscope_chart::Ways {
        log_y: true,
        log_x: true,
        smooth: true,
    };
    let whole = menu::html(all, &chart.legend(None));
    for act in ["log", "log-x", "smooth", "svg", "png", "save"] {
        assert!(whole.contains(&format!("data-act=\"{act}\"")), "{act}");
    }
    assert!(!whole.contains("<script"));
}
