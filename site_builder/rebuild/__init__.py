"""What need not be made again: the names of what each page depends on, and a cache of what was made."""
