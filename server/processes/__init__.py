"""The processes of a server: the supervisor, what it forks, and how they hear of each other's end."""
