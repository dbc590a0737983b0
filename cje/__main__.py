"""`python -m cje`: the command without its installed script."""

from cje.cli.main import main

if __name__ == "__main__":
    main()
