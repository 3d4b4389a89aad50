"""localstripe as a process, told two numbers of a charge that Stripe tells and it does not."""

import sys

from localstripe import resources, server

resources.Charge.amount_captured = property(
    lambda charge: charge.amount if charge.captured and charge.status == "succeeded" else 0
)
resources.Charge.disputed = False

if __name__ == "__main__":
    sys.argv += ["--from-scratch"]
    server.start()
