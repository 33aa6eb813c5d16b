"""Names of people who do not exist: given and family names of many cultures, mixed by chance."""

from __future__ import annotations

from random import Random
from typing import Final

GIVEN: Final = (
    "Aaliyah", "Adaeze", "Aiko", "Alejandra", "Amara", "Amélie", "Anahera", "Anjali", "Arjun", "Astrid", "Ayşe",
    "Babak", "Beatriz", "Bilal", "Björn", "Carys", "Chidi", "Chloé", "Daan", "Deepika", "Dmitri", "Eilidh",
    "Elif", "Emeka", "Emre", "Esi", "Farah", "Fatou", "Femke", "Gabriel", "Giulia", "Hana", "Haruto", "Hine",
    "Ibrahim", "Ines", "Ingrid", "Jamal", "Jan", "João", "Jonas", "Kaito", "Kavya", "Kofi", "Kwame", "Leila",
    "Liam", "Linh", "Lotte", "Luca", "Lucía", "Magda", "Malik", "Marek", "Mei", "Mihai", "Milan", "Minh",
    "Mohamed", "Naledi", "Nia", "Niamh", "Nikolai", "Noor", "Nour", "Olga", "Oluwaseun", "Omar", "Pablo",
    "Paulo", "Priya", "Quynh", "Rahul", "Rania", "Ravi", "Rosa", "Sanne", "Sara", "Sibusiso", "Sienna", "Søren",
    "Sota", "Stijn", "Tane", "Tariq", "Thandiwe", "Tomás", "Trang", "Uma", "Viktor", "Wanjiru", "Wei", "Xiu",
    "Yara", "Yasmin", "Yuna", "Yusuf", "Zainab", "Zofia", "Zuri",
)  # fmt: skip
FAMILY: Final = (
    "Abdi", "Acheampong", "Adeyemi", "Almeida", "Andersen", "Bakker", "Balogun", "Banerjee", "Bauer", "Berg",
    "Bianchi", "Boateng", "Brennan", "Castillo", "Celik", "Chen", "Chukwu", "Claes", "Costa", "Dang", "Das",
    "De Smet", "Demir", "Diallo", "Dlamini", "Dubois", "Eze", "Farouk", "Fernández", "Ferrari", "Fontaine",
    "García", "Georgiou", "Ghosh", "Haddad", "Hansen", "Hassan", "Hoang", "Horvat", "Ito", "Iyer", "Jansen",
    "Johansson", "Kamau", "Kaya", "Khalil", "Kim", "Kovács", "Kowalski", "Kruger", "Kumar", "Laine", "Le",
    "Lefèvre", "Lindqvist", "Maes", "Mahlangu", "Marín", "Matsuda", "Mbeki", "Mensah", "Moreau", "Morales",
    "Mwangi", "Nair", "Nakamura", "Ndiaye", "Ngata", "Nguyen", "Novák", "O'Connor", "Okafor", "Okonkwo",
    "Oliveira", "Otieno", "Owusu", "Park", "Patel", "Peeters", "Petrov", "Pham", "Popescu", "Rahman", "Ramírez",
    "Rao", "Reddy", "Rossi", "Sahin", "Santos", "Sato", "Schmidt", "Sharma", "Silva", "Singh", "Sokolov",
    "Tamihana", "Tanaka", "Tran", "Van den Berg", "Vasquez", "Wang", "Weber", "Willems", "Wójcik", "Yamamoto",
    "Yilmaz", "Zhang", "Zulu",
)  # fmt: skip


def name(stream: Random) -> str:
    """A display name."""
    return f"{stream.choice(GIVEN)} {stream.choice(FAMILY)}"
