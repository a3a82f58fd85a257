"""The page Compare: settings that race each other.

`start` asks who takes part and who will win, `shown` follows the race, and `views` puts
small pictures of all side by side.
"""
