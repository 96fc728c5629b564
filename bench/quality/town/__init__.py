"""An invented township and the honest ways in which money moves in it; irregularities are planted on top."""
