"""A job worker for which time runs seven times as fast, so that what it leaves behind is taken up within seconds.

The proportions are those of the real one: a lease is longer than all that an attempt may take within it.
"""

from datetime import timedelta

from adapters.outbound import OutboundClient
from domain.webhooks import outcomes, serving
from server.processes.worker import main
from server.webhooks import claiming, pump

FASTER = 7
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (0.3, 0.6, 1, 2, 2, 2, 4, 4, 4))

if __name__ == "__main__":
    serving.LEASE /= FASTER
    vars(claiming)["LEASE"] = serving.LEASE
    pump._RENEW_SECONDS /= FASTER
    pump._LONGEST_WAIT_SECONDS /= FASTER
    outcomes.PAUSES = PAUSES
    outcomes._LONGEST_REST = timedelta(seconds=1)
    defaults = OutboundClient.__init__.__kwdefaults__
    assert defaults is not None, "its arguments are named"
    defaults["seconds"] /= FASTER
    main()
