"""What an alert says: the quantity, its value and the limit. Marks (`***`) and how long are the page's to add."""

from apps.alerts.facts import Limit, Side
from apps.readings.printed import printed_unit
from apps.readings.quantities import REGISTER


def limit_text(code: str, value: float, limit: Limit) -> str:
    """`SpO₂ 87 % < 90`. A digit more where rounding would make the value look like its limit."""
    quantity = REGISTER[code]
    bound = f"{limit.bound:.{quantity.decimals}f}" if limit.bound % 1 else f"{limit.bound:.0f}"
    shown = f"{value:.{quantity.decimals}f}"
    if float(shown) == limit.bound:
        shown = f"{value:.{quantity.decimals + 1}f}"
    sign = "<" if limit.side is Side.LOW else ">"
    return " ".join(filter(None, (quantity.label, shown, printed_unit(quantity.unit), sign, bound)))
