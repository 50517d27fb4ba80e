"""The edge of OAuth: what apps ask for by forms, and the pages on which people sign in and consent."""
