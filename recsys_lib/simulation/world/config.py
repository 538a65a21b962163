"""Every number that the simulated world is made with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

START = np.datetime64("2025-01-06", "D")  # a Monday; the window's first day
EPISODES_PER_SEASON = 8  # on Matinee every season has eight
ROWS, POSITIONS = 4, 5  # the home page: four rows of five titles
GENDERS = ("woman", "man", "nonbinary")
DEVICES = ("tv", "laptop", "tablet", "phone")
PARTS_OF_DAY = {"daytime": 0, "evening": 17 * 60, "night": 22 * 60}  # minute at which each begins


@dataclass(frozen=True)
class WorldConfig:
    """The parameters of the world; times are in minutes or days, satisfaction is in stars.

    A mechanism whose comment says "0: ..." is off at 0: the world is then the one without it.
    """

    # Titles: how much each kind of attribute says about who will like a title.
    axes: int = 52  # of each kind of attribute, at most, in the space of tastes and titles
    genre: float = 1.5
    theme: float = 0.9
    mood: float = 1.1  # a title's tone
    form: float = 0.8  # film, series of half-hours, series of hours
    era: float = 1.4
    place: float = 0.5  # country and language
    people: float = 0.5  # makers and cast, which also make each title its own
    cycle: float = 1.5  # the movements and cycles that the authors named
    arrivals: float = 0.10  # share of the catalogue added during 26 weeks
    awareness_sd: float = 2.2  # how unequally well known titles are, in logits
    awareness_quality: float = 0.15  # correlation of being known with being good
    awareness_fame: float = 0.97  # correlation with how widely known the authors judge a title
    launch_bump: float = 1.5  # extra awareness on a title's first day, in logits
    launch_half_life: float = 14.0  # days

    # Viewers.
    newcomers: float = 0.25  # share who join during the window
    evenings: float = 0.58  # mean chance that a viewer opens Matinee on a day
    activity_sd: float = 0.85  # sd of the logarithm of that chance
    group_share: float = 0.04  # share of taste's variance between age-and-gender groups
    drift: float = 0.985  # correlation of personal taste with itself a week later
    own_gender: float = 0.05  # liking for makers of one's own gender, in sd of taste
    taste_pull: float = 0.0  # how far taste moves toward what is watched, in lengths; 0: not at all
    own_language: float = 0.3  # liking for titles in a language of one's household, in sd of taste
    with_children: float = 0.3  # liking of a family for what is fit for children, in sd of taste

    # Choosing.
    search: float = 0.7  # share of evenings that start with a search, not the home page
    affinity_sd: float = 4.1  # weight of taste in a choice, in logits
    mood_pull: float = 2.5  # logits for a title with the tone one is in the mood for
    clock_mood: float = 2.5  # how much part of day and weekend decide that tone; 0: any, any time
    genre_pull: float = 1.5  # logits for titles of the genre one wants tonight; 0: no such wish
    phase_pull: float = 6.0  # logits for titles just like what was watched lately; 0: no phases
    phase_kept: float = 0.5  # share of a phase that the next title watched leaves of it
    phase_half_life: float = 5.0  # days in which a phase fades by half
    length_cost: float = 1.5  # logits an hour, for long sittings late or on a small screen
    artwork_pull: float = 1.0  # logits per sd of taste for what a picture shows
    hook_sd: float = 0.8  # sd of what a picture adds whoever looks, in logits; 0: nothing
    hook_quality: float = -0.5  # its correlation with the title's quality; below 0 it misleads
    billboard_pull: float = 1.0  # logits for the title on a billboard, atop the page; 0: none
    row_decay: float = 0.75  # chance of looking at the next row, given this one
    position_decay: float = 0.88  # chance of looking at the next position, given this one
    outside: float = 6.0  # appeal, in logits, of choosing nothing on the page
    page_awareness: float = 0.5  # how much being known counts once a title is seen on a page
    resume_pull: float = 1.6  # logits for a title left halfway that was liked
    resume_half_life: float = 10.0  # days in which that pull fades by half; 0: it does not
    next_season_pull: float = -1.5  # logits for a series with another season
    finished_cost: float = 8.0  # logits against seeing a finished or dropped title again
    rest_weeks: int = 0  # after so many, what was watched is as good as new; 0: it stays watched
    search_after: float = 0.5  # share of those who find nothing on the page that search after all

    # Satisfaction and watching.
    base_stars: float = 2.25  # satisfaction with an average title by an average viewer
    quality_stars: float = 0.35  # stars per sd of quality
    taste_stars: float = 0.6  # stars per sd of taste
    evening_stars: float = 0.6  # sd of one evening's luck
    pair_stars: float = 0.6  # sd of the lasting luck of a viewer with a title; 0: none
    stay_point: float = 1.8  # stars at which half of the viewers stay
    stay_slope: float = 1.6
    evening_minutes: float = 165.0  # median time for watching
    minutes_growth: float = 0.1  # growth of ln(minutes) per star above 3; 0: none
    bad_evening: float = 2.6  # stars below which an evening was a bad one
    leave: float = 0.0005  # chance of leaving after an evening
    leave_growth: float = 1.5  # growth of its logarithm with each bad evening in a row

    # Opinions.
    stars_rate: float = 0.0  # logit of giving stars to an average title, for a keen rater
    extremity: float = 0.9  # growth of that logit per star away from 3
    positivity: float = 0.5  # growth per star above 3
    rater_sd: float = 0.45  # sd of how generous a viewer is, in stars
    group_rater: float = 0.12  # share of that variance between age-and-gender groups

    # The service.
    row_meaning: float = 0.85  # share of rows that are about something, not just popular; 0: none
    explore: float = 0.15  # share of slots filled uniformly at random
    popularity_half_life: float = 14.0  # days
    logged: float = 0.2  # share of home pages whose impressions are kept


FIRST_SEASON = {
    "clock_mood": 0.0, "mood_pull": 1.0, "genre_pull": 0.0, "phase_pull": 0.0,
    "resume_half_life": 0.0, "pair_stars": 0.0, "evening_stars": 0.85, "artwork_pull": 0.5,
    "hook_sd": 0.0, "billboard_pull": 0.0, "row_meaning": 0.0, "outside": 4.0,
    "minutes_growth": 0.0, "leave": 0.0009, "leave_growth": 1.1, "own_language": 0.0,
    "with_children": 0.0,
}  # fmt: skip
"""The second season's mechanisms switched off: `WorldConfig(**FIRST_SEASON)` is a null world."""
