"""The parts that states are made of: each folds the occurrences that concern it, and says what stands."""
