"""Stories whose figures an accountant can check by hand, told by the reports."""
