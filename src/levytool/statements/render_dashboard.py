"""The dashboard as one HTML page that needs nothing else: no script, no request."""

from levytool.statements import words
from levytool.statements.colour import dark_palette, light_palette
from levytool.statements.dashboard import Dashboard, headlines, panels
from levytool.statements.pages import environment, logo_address
from levytool.statements.render_html import parts_of


def render_dashboard(told: Dashboard) -> str:
    """The page. Every text is escaped; colours come from the book's accent, made readable."""
    accent = told.issuer.accent
    return (
        environment()
        .get_template("dashboard.html.j2")
        .render(
            issuer=told.issuer,
            today=words.long_day_words(told.today),
            foot=f"{told.issuer.name} · {told.today}",
            light=light_palette(accent),
            dark=dark_palette(accent),
            logo=logo_address(told.issuer.logo),
            headlines=headlines(told),
            panels=[
                {"section": panel.section, "parts": list(parts_of(panel.section))}
                | {"commands": panel.commands}
                for panel in panels(told)
            ],
        )
    )
