"""What Meantime costs, measured: `make bench`. Figures depend on the machine; compare within one run."""
