"""Which temperatures to believe: a thermometer that was just put on, that fell off, or that says what no body does.

The core: 70 kg of tissue at 3.47 kJ/(kg K) (Burton 1935) hold 243 kJ a degree. The fastest warming of exercise in the
heat, about 1 kW kept in, is 0.25 Cel a minute; cooling in ice water is about as fast (Casa 2007, 0.2). The skin follows
the air within minutes, but the thermometer on it has contact or has not: a fall of more than 0.8 Cel a minute towards
the room is the second. Chips that were just powered say 85 Cel; the register's plausible range has refused that.
"""

from typing import Final

from ml.signals.steady import Limits

SKIN: Final = Limits(jump=1.5, fastest=2.0, settling=0.4, falling=0.8, back=1.0, rest_s=600.0)
CORE: Final = Limits(jump=0.6, fastest=0.3, settling=0.2, falling=0.35, back=0.4, rest_s=900.0)
