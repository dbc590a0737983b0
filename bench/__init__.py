"""Speed and size of what the program exists for, against peers, side by side in one run (`make bench`).

Each module has a `main()` that prints its figures and returns True when all of them hold. The machine is
noisy: times are medians of paired runs, and what is compared runs in turn within one process.
"""
