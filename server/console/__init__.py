"""The console: pages for people who have signed in. What they do to the books goes through the API, as all calls do."""
