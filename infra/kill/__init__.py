"""`psa bench kill`: whatever is killed in the middle of work, nothing acknowledged is lost, nothing is done twice."""
