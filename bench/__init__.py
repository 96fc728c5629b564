"""What the README's performance table is made by: figures of one run, as ratios against the plain library."""
