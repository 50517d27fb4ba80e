"""Who may do what: tokens, scopes, users and their memberships."""
