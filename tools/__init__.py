"""Scripts of the people who keep the project: pictures, icons, browsers."""
